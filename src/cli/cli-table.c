/* cli-table.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "cli-table.h"

#include <string.h>
#include <unistd.h>

#include "cli-text.h"

#define GAP 2
#define MIN_WIDTH 5
/* Where there is no terminal: wider values stand out of their column. */
#define MAX_ALIGNED 200
#define BOLD "\033[1m"
#define DIM "\033[2m"
#define PLAIN "\033[0m"

typedef struct
{
  const char *name; /* in the schema, a record, or given */
  char *title;      /* owned; the name, clean */
  guint width;
  gboolean numbers; /* and so stands to the right */
} Column;

typedef struct
{
  char *text; /* owned; clean */
  gboolean faint;
} Cell;

static void
clear_column (gpointer data)
{
  g_free (((Column *) data)->title);
}

static void
clear_cell (gpointer data)
{
  g_free (((Cell *) data)->text);
}

CliStyle
cli_style_for_stdout (void)
{
  return (CliStyle){ .width = cli_text_get_terminal_width (STDOUT_FILENO),
                     .colour = cli_text_wants_colour (STDOUT_FILENO) };
}

static void
add_column (GArray *columns, GHashTable *seen, const char *name)
{
  Column column = { .name = name, .numbers = TRUE };

  if (!g_hash_table_add (seen, (gpointer) name))
    return;
  column.title = cli_text_clean (name);
  column.width = cli_text_get_width (column.title);
  g_array_append_val (columns, column);
}

static GHashTable *
collect_names (VliveRecord *const *records,
               gsize n_records,
               gboolean *without_id,
               const char *id_column)
{
  GHashTable *names = g_hash_table_new (g_str_hash, g_str_equal);

  *without_id = FALSE;
  for (gsize i = 0; i < n_records; i++)
    {
      guint n_fields = vlive_record_get_n_fields (records[i]);

      for (guint j = 0; j < n_fields; j++)
        g_hash_table_add (names,
                          (gpointer) vlive_record_get_field_name (records[i], j));
      *without_id |=
          vlive_record_is_addressable (records[i])
          && vlive_record_get_field_type (records[i], id_column) == VLIVE_VALUE_MISSING;
    }

  return names;
}

/* The id first, then the schema's order, then what the schema does not know;
 * only what some record has. */
static GArray *
list_columns (VliveRecord *const *records,
              gsize n_records,
              VliveSchema *schema,
              const char *id_column)
{
  GArray *columns = g_array_new (FALSE, FALSE, sizeof (Column));
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) names = NULL;
  guint n_columns = schema != NULL ? vlive_schema_get_n_columns (schema) : 0;
  gboolean without_id;

  g_array_set_clear_func (columns, clear_column);
  names = collect_names (records, n_records, &without_id, id_column);
  if (without_id || g_hash_table_contains (names, id_column))
    add_column (columns, seen, id_column);

  for (guint i = 0; i < n_columns; i++)
    {
      const char *name = vlive_column_get_name (vlive_schema_get_column (schema, i));

      if (g_hash_table_contains (names, name))
        add_column (columns, seen, name);
    }
  for (gsize i = 0; i < n_records; i++)
    for (guint j = 0; j < vlive_record_get_n_fields (records[i]); j++)
      add_column (columns, seen, vlive_record_get_field_name (records[i], j));

  return columns;
}

static void
add_cell (GArray *cells, Column *column, VliveRecord *record, const char *id_column)
{
  VliveValueType type = vlive_record_get_field_type (record, column->name);
  g_autofree char *text = vlive_record_dup_field_text (record, column->name);
  Cell cell = { .faint = type == VLIVE_VALUE_NULL };

  if (type == VLIVE_VALUE_NULL)
    cell.text = g_strdup ("null");
  else if (type == VLIVE_VALUE_MISSING && strcmp (column->name, id_column) == 0
           && vlive_record_is_addressable (record))
    cell.text = cli_text_clean (vlive_record_get_id (record));
  else
    cell.text = cli_text_clean (text);

  if (type != VLIVE_VALUE_INTEGER && type != VLIVE_VALUE_DOUBLE
      && type != VLIVE_VALUE_NULL && cell.text[0] != '\0')
    column->numbers = FALSE;
  column->width = MAX (column->width, cli_text_get_width (cell.text));
  g_array_append_val (cells, cell);
}

/* The widest columns give way, all down to one width, until a line fits. With
 * no width to fit, one long value does not pad every line to its length. */
static void
squeeze (GArray *columns, guint width)
{
  guint cap = 0;
  guint total;

  if (width == 0)
    {
      for (guint i = 0; i < columns->len; i++)
        g_array_index (columns, Column, i).width =
            MIN (g_array_index (columns, Column, i).width, MAX_ALIGNED);
      return;
    }
  for (guint i = 0; i < columns->len; i++)
    cap = MAX (cap, g_array_index (columns, Column, i).width);

  do
    {
      total = GAP * (columns->len - 1);
      for (guint i = 0; i < columns->len; i++)
        total += MIN (cap, g_array_index (columns, Column, i).width);
    }
  while (total > width && cap-- > MIN_WIDTH);

  for (guint i = 0; i < columns->len; i++)
    {
      Column *column = &g_array_index (columns, Column, i);

      column->width = MIN (column->width, MAX (cap, MIN_WIDTH));
    }
}

static void
append_padded (GString *line,
               const char *text,
               guint width,
               gboolean right,
               const char *mark)
{
  g_autofree char *cut = cli_text_ellipsize (text, width);
  guint pad = width - cli_text_get_width (cut);

  g_string_append_printf (line, "%*s", right ? (int) pad : 0, "");
  g_string_append_printf (line, "%s%s%s", mark != NULL ? mark : "", cut,
                          mark != NULL ? PLAIN : "");
  g_string_append_printf (line, "%*s", right ? 0 : (int) pad, "");
}

/* A line of cells or, with NULL, of titles. What does not fit the terminal
 * even so is left out, whole columns at a time. */
static void
append_line (GString *out, GArray *columns, const Cell *cells, const CliStyle *style)
{
  g_autoptr (GString) line = g_string_new (NULL);
  guint used = 0;

  for (guint i = 0; i < columns->len; i++)
    {
      Column *column = &g_array_index (columns, Column, i);
      gboolean faint = cells != NULL && cells[i].faint;
      const char *mark = cells == NULL ? BOLD : faint ? DIM : NULL;
      const char *text = cells != NULL ? cells[i].text : column->title;
      guint width = column->width;

      used += column->width + (i > 0 ? GAP : 0);
      if (style->width > 0 && i > 0 && used > style->width)
        break;
      /* Where nothing is too wide, nothing is cut. */
      if (style->width == 0)
        width = MAX (width, cli_text_get_width (text));
      g_string_append_printf (line, "%*s", i > 0 ? GAP : 0, "");
      append_padded (line, text, width, column->numbers, style->colour ? mark : NULL);
    }
  g_string_append (out, g_strchomp (line->str));
  g_string_append_c (out, '\n');
}

char *
cli_table_dup_rows (VliveRecord *const *records,
                    gsize n_records,
                    VliveSchema *schema,
                    const char *id_column,
                    const CliStyle *style)
{
  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (GArray) columns = NULL;
  g_autoptr (GArray) cells = NULL;

  if (n_records == 0)
    return g_strdup ("");

  columns = list_columns (records, n_records, schema, id_column);
  cells = g_array_new (FALSE, FALSE, sizeof (Cell));
  g_array_set_clear_func (cells, clear_cell);
  for (gsize i = 0; i < n_records; i++)
    for (guint j = 0; j < columns->len; j++)
      add_cell (cells, &g_array_index (columns, Column, j), records[i], id_column);
  squeeze (columns, style->width);

  append_line (out, columns, NULL, style);
  for (gsize i = 0; i < n_records; i++)
    append_line (out, columns, &g_array_index (cells, Cell, i * columns->len), style);
  g_string_truncate (out, out->len - 1);

  return g_strdup (out->str);
}

char *
cli_table_dup_pairs (const char *const *pairs, const CliStyle *style)
{
  g_autoptr (GString) out = g_string_new (NULL);
  guint width = 0;

  for (gsize i = 0; pairs[i] != NULL; i += 2)
    width = MAX (width, cli_text_get_width (pairs[i]));

  for (gsize i = 0; pairs[i] != NULL; i += 2)
    {
      g_autofree char *value = cli_text_clean (pairs[i + 1]);
      guint left = style->width > width + GAP ? style->width - width - GAP : G_MAXUINT;
      g_autofree char *cut =
          cli_text_ellipsize (value, style->width > 0 ? left : G_MAXUINT);

      append_padded (out, pairs[i], width + GAP, FALSE, style->colour ? BOLD : NULL);
      g_string_append (out, cut);
      g_strchomp (out->str);
      out->len = strlen (out->str);
      g_string_append_c (out, '\n');
    }
  if (out->len > 0)
    g_string_truncate (out, out->len - 1);

  return g_strdup (out->str);
}

char *
cli_table_dup_record (VliveRecord *record, const char *id_column, const CliStyle *style)
{
  g_autoptr (GPtrArray) pairs = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GArray) columns = list_columns (&record, 1, NULL, id_column);
  g_autoptr (GArray) cells = g_array_new (FALSE, FALSE, sizeof (Cell));

  g_array_set_clear_func (cells, clear_cell);
  for (guint i = 0; i < columns->len; i++)
    {
      add_cell (cells, &g_array_index (columns, Column, i), record, id_column);
      g_ptr_array_add (pairs, g_strdup (g_array_index (columns, Column, i).title));
      g_ptr_array_add (pairs, g_strdup (g_array_index (cells, Cell, i).text));
    }
  g_ptr_array_add (pairs, NULL);

  return cli_table_dup_pairs ((const char *const *) pairs->pdata, style);
}
