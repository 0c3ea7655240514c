/* bench.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "bench.h"

#include <glib/gstdio.h>
#include <locale.h>
#include <stdlib.h>

#define N_ROUNDS 9

typedef struct
{
  char *what;
  char *peer_name; /* NULL: alone */
  char *unit;
  double value[3]; /* ours: median, min, max */
  double peer[3];
  double ratio[3];
  double goal;
} Row;

volatile guint64 bench_sink;

static const char *bench_name;
static GPtrArray *rows;
static char *folder;

static void
row_free (gpointer data)
{
  Row *row = data;

  g_free (row->what);
  g_free (row->peer_name);
  g_free (row->unit);
  g_free (row);
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      remove_tree (child);
    }
  g_remove (path);
}

void
bench_init (int *argc, char ***argv, const char *name)
{
  setlocale (LC_ALL, "");
  bench_name = name;
  rows = g_ptr_array_new_with_free_func (row_free);
  folder = g_dir_make_tmp ("vlive-bench-XXXXXX", NULL);
  g_assert (folder != NULL);
}

const char *
bench_folder (void)
{
  return folder;
}

guint
bench_n_rounds (void)
{
  return N_ROUNDS;
}

static int
compare_doubles (const void *a, const void *b)
{
  double left = *(const double *) a;
  double right = *(const double *) b;

  return (left > right) - (left < right);
}

static void
summarize (const double *values, guint n, double summary[3])
{
  g_autofree double *sorted = g_memdup2 (values, n * sizeof *values);

  qsort (sorted, n, sizeof *sorted, compare_doubles);
  summary[0] = sorted[n / 2];
  summary[1] = sorted[0];
  summary[2] = sorted[n - 1];
}

static Row *
add_row (const char *what, const char *peer_name, const char *unit, double goal)
{
  Row *row = g_new0 (Row, 1);

  row->what = g_strdup (what);
  row->peer_name = g_strdup (peer_name);
  row->unit = g_strdup (unit);
  row->goal = goal;
  g_ptr_array_add (rows, row);

  return row;
}

static double
run_once (BenchFunc func, gpointer data, guint n)
{
  gint64 start = g_get_monotonic_time ();

  func (data, n);

  return (double) (g_get_monotonic_time () - start) / n;
}

void
bench_ratios (const char *what,
              const char *peer_name,
              const char *unit,
              double goal,
              const double *ours,
              const double *peer,
              guint n_rounds)
{
  g_autofree double *ratios = g_new (double, n_rounds);
  Row *row = add_row (what, peer_name, unit, goal);

  for (guint i = 0; i < n_rounds; i++)
    ratios[i] = ours[i] / peer[i];
  summarize (ours, n_rounds, row->value);
  summarize (peer, n_rounds, row->peer);
  summarize (ratios, n_rounds, row->ratio);
}

void
bench_rounds (const char *what,
              const char *peer_name,
              double goal,
              const double *ours_us,
              const double *peer_us,
              guint n_rounds)
{
  bench_ratios (what, peer_name, "µs", goal, ours_us, peer_us, n_rounds);
}

void
bench_pair (const char *what,
            const char *peer_name,
            double goal,
            BenchFunc ours,
            BenchFunc peer,
            gpointer data,
            guint n)
{
  double ours_us[N_ROUNDS];
  double peer_us[N_ROUNDS];

  run_once (ours, data, n);
  run_once (peer, data, n);
  for (guint i = 0; i < N_ROUNDS; i++)
    {
      ours_us[i] = run_once (ours, data, n);
      peer_us[i] = run_once (peer, data, n);
    }
  bench_rounds (what, peer_name, goal, ours_us, peer_us, N_ROUNDS);
}

void
bench_single (const char *what, double goal_us, BenchFunc ours, gpointer data, guint n)
{
  double ours_us[N_ROUNDS];
  Row *row = add_row (what, NULL, "µs", goal_us);

  run_once (ours, data, n);
  for (guint i = 0; i < N_ROUNDS; i++)
    ours_us[i] = run_once (ours, data, n);
  summarize (ours_us, N_ROUNDS, row->value);
}

void
bench_figure (const char *what, const char *unit, double value, double goal)
{
  Row *row = add_row (what, NULL, unit, goal);

  row->value[0] = row->value[1] = row->value[2] = value;
}

void
bench_figures (const char *what,
               const char *unit,
               double goal,
               const double *values,
               guint n_rounds)
{
  summarize (values, n_rounds, add_row (what, NULL, unit, goal)->value);
}

static gboolean
is_reached (const Row *row)
{
  return (row->peer_name != NULL ? row->ratio[0] : row->value[0]) <= row->goal;
}

static void
print_row (const Row *row)
{
  g_autofree char *ours = g_strdup_printf ("%.4g [%.4g..%.4g] %s", row->value[0],
                                           row->value[1], row->value[2], row->unit);
  g_autofree char *peer = NULL;
  g_autofree char *ratio = NULL;

  if (row->peer_name != NULL)
    {
      peer = g_strdup_printf ("%s %.4g [%.4g..%.4g]", row->peer_name, row->peer[0],
                              row->peer[1], row->peer[2]);
      ratio = g_strdup_printf ("%.3f [%.3f..%.3f]", row->ratio[0], row->ratio[1],
                               row->ratio[2]);
    }
  g_print ("%-58s %-34s %-42s %-24s <= %-8.4g %s\n", row->what, ours,
           peer != NULL ? peer : "-", ratio != NULL ? ratio : "-", row->goal,
           is_reached (row) ? "reached" : "MISSED");
}

static void
add_figures (JsonBuilder *builder, const char *name, const double *figures)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_array (builder);
  for (guint i = 0; i < 3; i++)
    json_builder_add_double_value (builder, figures[i]);
  json_builder_end_array (builder);
}

static void
add_row_to_json (JsonBuilder *builder, const Row *row)
{
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "what");
  json_builder_add_string_value (builder, row->what);
  json_builder_set_member_name (builder, "unit");
  json_builder_add_string_value (builder, row->unit);
  add_figures (builder, "ours", row->value);
  if (row->peer_name != NULL)
    {
      json_builder_set_member_name (builder, "peer_name");
      json_builder_add_string_value (builder, row->peer_name);
      add_figures (builder, "peer", row->peer);
      add_figures (builder, "ratio", row->ratio);
    }
  json_builder_set_member_name (builder, "goal");
  json_builder_add_double_value (builder, row->goal);
  json_builder_set_member_name (builder, "reached");
  json_builder_add_boolean_value (builder, is_reached (row));
  json_builder_end_object (builder);
}

static void
write_json (void)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonGenerator) generator = json_generator_new ();
  g_autoptr (JsonNode) root = NULL;
  g_autoptr (GError) error = NULL;
  const char *place = g_getenv ("VLIVE_BENCH_DIR");
  g_autofree char *file = g_strdup_printf ("bench-%s.json", bench_name);
  g_autofree char *path = g_build_filename (place != NULL ? place : ".", file, NULL);

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "benchmark");
  json_builder_add_string_value (builder, bench_name);
  json_builder_set_member_name (builder, "rows");
  json_builder_begin_array (builder);
  for (guint i = 0; i < rows->len; i++)
    add_row_to_json (builder, rows->pdata[i]);
  json_builder_end_array (builder);
  json_builder_end_object (builder);

  root = json_builder_get_root (builder);
  json_generator_set_root (generator, root);
  json_generator_set_pretty (generator, TRUE);
  if (!json_generator_to_file (generator, path, &error))
    g_printerr ("%s: %s\n", path, error->message);
}

int
bench_end (void)
{
  g_print ("%-58s %-34s %-42s %-24s %s\n", bench_name, "ours: median [min..max]",
           "peer: median [min..max]", "ratio", "goal");
  for (guint i = 0; i < rows->len; i++)
    print_row (rows->pdata[i]);
  write_json ();
  g_ptr_array_unref (rows);
  remove_tree (folder);
  g_free (folder);

  return EXIT_SUCCESS;
}

void
bench_result_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GAsyncResult **slot = user_data;

  *slot = g_object_ref (result);
}

void
bench_wait (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
}

char *
bench_dup_json (guint n_rows, guint first)
{
  GString *json = g_string_new ("[\n");

  for (guint i = first; i < first + n_rows; i++)
    g_string_append_printf (
        json,
        "%s  {\n    \"id\": %u,\n    \"name\": \"Customer number %u\",\n"
        "    \"email\": \"customer.%u@example.org\",\n    \"city\": \"Springfield "
        "%u\",\n"
        "    \"note\": \"a note of about forty characters, n. %u\",\n    \"balance\": "
        "%u.%02u,\n"
        "    \"orders\": %u,\n    \"active\": %s,\n    \"changed\": %u\n  }",
        i > first ? ",\n" : "", i, i, i, i % 97, i % 1000, i % 5000, i % 100, i % 41,
        i % 3 == 0 ? "true" : "false", 1700000000 + i);
  g_string_append (json, "\n]\n");

  return g_string_free (json, FALSE);
}
