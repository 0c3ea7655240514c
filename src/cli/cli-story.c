/* cli-story.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "cli-story.h"

#include <stdio.h>
#include <string.h>

#include "cli-text.h"

/* On any thread: one write for a line, so that none cuts into another. */
static void
tell_cb (const char *line, gpointer user_data)
{
  g_autofree char *clean = cli_text_shorten (line, CLI_TEXT_LINE);

  cli_text_say ("debug: %s", clean);
}

void
cli_story_begin (void)
{
  vlive_debug_set_story (tell_cb, NULL, NULL);
}

void
cli_story_tell_ledger (VliveStore *store)
{
  VliveLedger ledger = { 0 };
  g_autoptr (GString) line = g_string_new ("ledger:");

  vlive_store_get_ledger (store, &ledger);

  {
    const struct
    {
      const char *name;
      guint64 value;
    } figures[] = {
      { "fetches", ledger.n_fetches },
      { "gets", ledger.n_gets },
      { "counts", ledger.n_counts },
      { "repeats", ledger.n_repeats },
      { "not-modified", ledger.n_not_modified },
      { "redundant-rows", ledger.n_redundant_rows },
      { "hits", ledger.n_hits },
      { "stale", ledger.n_stale },
      { "misses", ledger.n_misses },
      { "joined", ledger.n_joined },
      { "given up", ledger.n_given_up },
      { "failures", ledger.n_failures },
      { "writes", ledger.n_writes },
      { "events", ledger.n_events },
      { "events-merged", ledger.n_events_merged },
      { "bytes", ledger.n_bytes },
    };

    for (gsize i = 0; i < G_N_ELEMENTS (figures); i++)
      g_string_append_printf (line, " %" G_GUINT64_FORMAT " %s,", figures[i].value,
                              figures[i].name);
  }
  g_string_append_printf (line, " waited %" G_GUINT64_FORMAT " µs", ledger.wait_us);
  cli_text_say ("debug: %s", line->str);
}

static GLogWriterOutput
warn_cb (GLogLevelFlags level,
         const GLogField *fields,
         gsize n_fields,
         gpointer user_data)
{
  const char *message = NULL;
  const char *domain = NULL;

  for (gsize i = 0; i < n_fields; i++)
    {
      if (strcmp (fields[i].key, "MESSAGE") == 0)
        message = fields[i].value;
      else if (strcmp (fields[i].key, "GLIB_DOMAIN") == 0)
        domain = fields[i].value;
    }

  if ((level & G_LOG_LEVEL_WARNING) != 0 && g_strcmp0 (domain, "vlive") == 0
      && message != NULL)
    {
      g_autofree char *line = cli_text_shorten (message, CLI_TEXT_LINE);

      cli_text_say ("vlive: warning: %s", line);
      return G_LOG_WRITER_HANDLED;
    }

  return g_log_writer_default (level, fields, n_fields, user_data);
}

void
cli_story_take_warnings (void)
{
  g_log_set_writer_func (warn_cb, NULL, NULL);
}
