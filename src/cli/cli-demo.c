/* cli-demo.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "cli-demo.h"

#include <glib/gi18n.h>
#include <string.h>

#include "cli-error.h"
#include "cli-text.h"

#define DEFAULT_ROWS 1000
#define DEFAULT_SEED 1
#define MAX_LATENCY (3600 * 1000)
/* Of --kind capped. */
#define CAP 20
/* Of --odd reorders, and --odd nameless. */
#define REORDERS 3
#define NAMELESS_EVERY 5

/* The words are also in the man page and in the completions. */
static const char *const kinds[] = {
  "window", "page", "capped", "cursor", "none", NULL
};
static const char *const totals[] = { "exact", "at-least", "estimated",
                                      "none",  "wrong",    NULL };
static const char *const writes[] = { "applied", "refused", "answer-lost",
                                      "request-lost", NULL };
static const char *const odds[] = {
  "reorders",     "repeats",       "nameless", "ignores-filters",
  "refuses-sort", "no-validators", NULL
};

enum
{
  ODD_REORDERS,
  ODD_REPEATS,
  ODD_NAMELESS,
  ODD_IGNORES_FILTERS,
  ODD_REFUSES_SORT,
  ODD_NO_VALIDATORS,
};

G_GNUC_PRINTF (2, 3)
static gboolean
fail (GError **error, const char *format, ...)
{
  g_autofree char *message = NULL;
  va_list args;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error_literal (error, CLI_ERROR, CLI_ERROR_USAGE, message);

  return FALSE;
}

static gboolean
parse_number (const char *option,
              const char *text,
              guint64 max,
              guint64 *number,
              GError **error)
{
  g_autofree char *shown = NULL;

  if (text == NULL)
    return TRUE;
  if (text[0] != '-' && text[0] != '+'
      && g_ascii_string_to_unsigned (text, 10, 0, max, number, NULL))
    return TRUE;
  shown = cli_text_shorten (text, 40);

  return fail (error, _ ("%s: “%s” is not a whole number from 0 to %llu"), option,
               shown, (unsigned long long) max);
}

/* MS, or MIN-MAX. */
static gboolean
parse_latency (CliDemo *self, GError **error)
{
  g_auto (GStrv) parts = NULL;
  g_autofree char *shown = NULL;
  guint64 min;
  guint64 max;

  if (self->latency == NULL)
    return TRUE;
  parts = g_strsplit (self->latency, "-", 2);
  if (parts[0] != NULL
      && g_ascii_string_to_unsigned (parts[0], 10, 0, MAX_LATENCY, &min, NULL)
      && g_ascii_string_to_unsigned (parts[1] != NULL ? parts[1] : parts[0], 10, min,
                                     MAX_LATENCY, &max, NULL))
    {
      self->latency_min = (guint) min;
      self->latency_max = (guint) max;
      return TRUE;
    }
  shown = cli_text_shorten (self->latency, 40);

  return fail (error,
               _ ("--latency: “%s” is neither milliseconds (up to %d) nor two of them, "
                  "as 100-500"),
               shown, MAX_LATENCY);
}

static gboolean
parse_rate (CliDemo *self, GError **error)
{
  g_autofree char *shown = NULL;
  char *end;

  if (self->errors == NULL)
    return TRUE;
  self->error_rate = g_ascii_strtod (self->errors, &end);
  if (g_ascii_isdigit (self->errors[0]) && *end == '\0' && self->error_rate >= 0
      && self->error_rate <= 1)
    return TRUE;
  shown = cli_text_shorten (self->errors, 40);

  return fail (error, _ ("--errors: “%s” is not a number from 0 to 1"), shown);
}

static gboolean
parse_word (const char *option,
            const char *text,
            const char *const *words,
            guint *index,
            GError **error)
{
  g_autofree char *shown = NULL;
  g_autofree char *all = NULL;

  if (text == NULL)
    return TRUE;
  for (guint i = 0; words[i] != NULL; i++)
    if (strcmp (words[i], text) == 0)
      {
        *index = i;
        return TRUE;
      }
  shown = cli_text_shorten (text, 40);
  all = g_strjoinv (", ", (char **) words);

  return fail (error, _ ("%s: there is no “%s”; there are: %s"), option, shown, all);
}

static gboolean
parse_odd (CliDemo *self, GError **error)
{
  for (guint i = 0; self->odd != NULL && self->odd[i] != NULL; i++)
    {
      guint index;

      if (!parse_word ("--odd", self->odd[i], odds, &index, error))
        return FALSE;
      self->odd_bits |= 1u << index;
    }

  return TRUE;
}

gboolean
cli_demo_init (CliDemo *self, GError **error)
{
  guint64 seed = DEFAULT_SEED;

  self->n_rows = DEFAULT_ROWS;
  if (!parse_number ("--rows", self->rows, VLIVE_SCRIPTED_MAX_ROWS, &self->n_rows,
                     error)
      || !parse_number ("--seed", self->seed, G_MAXUINT32, &seed, error)
      || !parse_latency (self, error) || !parse_rate (self, error)
      || !parse_word ("--kind", self->kind, kinds, &self->kind_index, error)
      || !parse_word ("--total", self->total, totals, &self->total_index, error)
      || !parse_word ("--writes", self->writes, writes, &self->writes_index, error)
      || !parse_odd (self, error))
    return FALSE;
  self->seed_number = (guint) seed;

  return TRUE;
}

void
cli_demo_clear (CliDemo *self)
{
  g_free (self->rows);
  g_free (self->seed);
  g_free (self->latency);
  g_free (self->errors);
  g_free (self->kind);
  g_free (self->total);
  g_free (self->writes);
  g_strfreev (self->odd);
}

static void
set_kind (CliDemo *self, VliveScriptedMaster *master)
{
  static const VliveScriptedPaging pagings[] = {
    VLIVE_SCRIPTED_PAGING_WINDOW, VLIVE_SCRIPTED_PAGING_PAGE,
    VLIVE_SCRIPTED_PAGING_WINDOW, VLIVE_SCRIPTED_PAGING_CURSOR,
    VLIVE_SCRIPTED_PAGING_NONE,
  };

  vlive_scripted_master_set_paging (master, pagings[self->kind_index]);
  if (strcmp (kinds[self->kind_index], "capped") == 0)
    vlive_scripted_master_set_max_page (master, CAP);
}

static void
set_total (CliDemo *self, VliveScriptedMaster *master)
{
  static const VliveTotalKind worth[] = { VLIVE_TOTAL_EXACT, VLIVE_TOTAL_AT_LEAST,
                                          VLIVE_TOTAL_ESTIMATED, VLIVE_TOTAL_UNKNOWN,
                                          VLIVE_TOTAL_EXACT };
  g_autofree char *claim =
      g_strdup_printf ("%" G_GUINT64_FORMAT, self->n_rows + self->n_rows / 5 + 1);

  vlive_scripted_master_set_total_kind (master, worth[self->total_index]);
  if (strcmp (totals[self->total_index], "wrong") == 0)
    vlive_scripted_master_set_claimed_total (master, claim);
}

static gboolean
is_odd (CliDemo *self, guint odd)
{
  return (self->odd_bits & (1u << odd)) != 0;
}

VliveMaster *
cli_demo_open (CliDemo *self)
{
  VliveScriptedMaster *master =
      vlive_scripted_master_new ("demo", self->n_rows, self->seed_number);

  set_kind (self, master);
  set_total (self, master);
  vlive_scripted_master_set_latency (master, self->latency_min, self->latency_max);
  vlive_scripted_master_set_error_rate (master, self->error_rate);
  vlive_scripted_master_set_offline (master, self->offline);
  vlive_scripted_master_set_write_outcome (master,
                                           (VliveScriptedOutcome) self->writes_index);
  if (is_odd (self, ODD_REORDERS))
    vlive_scripted_master_set_reorders (master, REORDERS);
  if (is_odd (self, ODD_REPEATS))
    vlive_scripted_master_set_overlap (master, 1);
  if (is_odd (self, ODD_NAMELESS))
    vlive_scripted_master_set_nameless_every (master, NAMELESS_EVERY);
  vlive_scripted_master_set_ignores_filters (master,
                                             is_odd (self, ODD_IGNORES_FILTERS));
  vlive_scripted_master_set_refuses_sort (master, is_odd (self, ODD_REFUSES_SORT));
  vlive_scripted_master_set_conditional (master, !is_odd (self, ODD_NO_VALIDATORS));

  return VLIVE_MASTER (master);
}
