/* cli-options.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "cli-options.h"

#include <glib/gi18n.h>
#include <string.h>

#include "cli-error.h"
#include "cli-text.h"
#include "cli-values.h"
#include "cli-verbs.h"

#define MAX_ENTRIES 40

/*
 * Every option there is, with the verbs that take it. Paths are taken as they
 * are (G_OPTION_ARG_FILENAME): their bytes are the file system's. So is the
 * rest, which is checked to be UTF-8 afterwards: the locale's encoding, which
 * G_OPTION_ARG_STRING would convert from, says nothing of a script's bytes.
 */
typedef struct
{
  CliTakes takes; /* 0: all */
  GOptionEntry entry;
} Option;

static guint
list_options (CliOptions *self, Option options[MAX_ENTRIES])
{
  const Option all[] = {
    { CLI_TAKES_READING,
      { "page", 0, 0, G_OPTION_ARG_FILENAME, &self->page,
        N_ ("The page to show, from 1"), "N" } },
    { CLI_TAKES_READING,
      { "limit", 0, 0, G_OPTION_ARG_FILENAME, &self->limit,
        N_ ("Rows of a page; alone: of page 1, and 10 with --page alone"), "M" } },
    { CLI_TAKES_READING,
      { "filter", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &self->filters,
        N_ ("Only rows whose field is so; = != < <= > >= or ~ (contains); may come "
            "again"),
        "FIELD=VALUE" } },
    { CLI_TAKES_READING,
      { "sort", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &self->sorts,
        N_ ("Sort by a field, downwards with a -; may come again"), "[-]FIELD" } },
    { CLI_TAKES_READING,
      { "search", 0, 0, G_OPTION_ARG_FILENAME, &self->search,
        N_ ("Only rows that hold this text"), "TEXT" } },
    { CLI_TAKES_ID,
      { "id", 0, 0, G_OPTION_ARG_FILENAME, &self->id,
        N_ ("The record that is said to change"), "ID" } },
    { CLI_TAKES_REPLACE,
      { "replace", 0, 0, G_OPTION_ARG_NONE, &self->replace, N_ ("What was there goes"),
        NULL } },
    { CLI_TAKES_COUNT,
      { "count", 0, 0, G_OPTION_ARG_FILENAME, &self->count,
        N_ ("End after so many changes"), "N" } },
    { CLI_TAKES_FILE,
      { "master", 0, 0, G_OPTION_ARG_FILENAME, &self->master,
        N_ ("The local database (./vlive-master.mdb)"), "FILE" } },
    { CLI_TAKES_FILE,
      { "table", 0, 0, G_OPTION_ARG_FILENAME, &self->table,
        N_ ("The table in it (products)"), "NAME" } },
    { CLI_TAKES_URL,
      { "url", 0, 0, G_OPTION_ARG_FILENAME, &self->url,
        N_ ("Where the API is (https://jsonplaceholder.typicode.com)"), "BASE" } },
    { CLI_TAKES_URL,
      { "profile", 0, 0, G_OPTION_ARG_FILENAME, &self->profile,
        N_ ("How the API speaks: jsonplaceholder, dummyjson, json-server, or a key "
            "file"),
        "NAME|FILE" } },
    { CLI_TAKES_DEMO,
      { "rows", 0, 0, G_OPTION_ARG_FILENAME, &self->demo.rows,
        N_ ("How many rows there are (1000)"), "N" } },
    { CLI_TAKES_DEMO,
      { "seed", 0, 0, G_OPTION_ARG_FILENAME, &self->demo.seed,
        N_ ("What the rows hold and all chance comes from this (1)"), "N" } },
    { CLI_TAKES_DEMO,
      { "latency", 0, 0, G_OPTION_ARG_FILENAME, &self->demo.latency,
        N_ ("How long a call takes, in milliseconds, or between which (0)"),
        "MS|MIN-MAX" } },
    { CLI_TAKES_DEMO,
      { "errors", 0, 0, G_OPTION_ARG_FILENAME, &self->demo.errors,
        N_ ("Which part of all calls fails, from 0 to 1 (0)"), "RATE" } },
    { CLI_TAKES_DEMO,
      { "offline", 0, 0, G_OPTION_ARG_NONE, &self->demo.offline,
        N_ ("It cannot be reached"), NULL } },
    { CLI_TAKES_DEMO,
      { "kind", 0, 0, G_OPTION_ARG_FILENAME, &self->demo.kind,
        N_ ("Which rows can be asked for: window (any), page (whole pages), capped (20 "
            "at most), cursor (the next page only) or none (only everything)"),
        "KIND" } },
    { CLI_TAKES_DEMO,
      { "total", 0, 0, G_OPTION_ARG_FILENAME, &self->demo.total,
        N_ ("What it says of how many rows there are: exact, at-least, estimated, none "
            "or wrong"),
        "TOTAL" } },
    { CLI_TAKES_DEMO,
      { "odd", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &self->demo.odd,
        N_ ("What is odd about it: reorders, repeats, nameless, ignores-filters, "
            "refuses-sort or no-validators; may come again"),
        "WHAT" } },
    { CLI_TAKES_DEMO,
      { "writes", 0, 0, G_OPTION_ARG_FILENAME, &self->demo.writes,
        N_ ("What becomes of a write: applied, refused, answer-lost or request-lost"),
        "OUTCOME" } },
    { CLI_TAKES_CACHE,
      { "cache", 0, 0, G_OPTION_ARG_FILENAME, &self->cache,
        N_ ("Where to keep what was read: mem (the default), none, or a folder"),
        "mem|none|FOLDER" } },
    { 0,
      { "json", 0, 0, G_OPTION_ARG_NONE, &self->json, N_ ("Print one JSON document"),
        NULL } },
    { 0,
      { "debug", 0, 0, G_OPTION_ARG_NONE, &self->debug,
        N_ ("Tell the story of what happens on standard error"), NULL } },
    { 0,
      { "help", 'h', 0, G_OPTION_ARG_NONE, &self->help, N_ ("Show what there is here"),
        NULL } },
    { 0,
      { "version", 0, 0, G_OPTION_ARG_NONE, &self->version, N_ ("Show the version"),
        NULL } },
  };

  G_STATIC_ASSERT (G_N_ELEMENTS (all) < MAX_ENTRIES);
  memcpy (options, all, sizeof all);

  return G_N_ELEMENTS (all);
}

static CliTakes
get_takes (CliOptions *self)
{
  if (self->verb != NULL)
    return self->group->takes | self->verb->takes;
  if (self->group != NULL)
    return self->group->takes;

  return CLI_TAKES_CACHE | CLI_TAKES_FILE | CLI_TAKES_URL;
}

static GOptionContext *
new_context (CliOptions *self, const char *usage)
{
  GOptionContext *context = g_option_context_new (usage);
  Option options[MAX_ENTRIES];
  GOptionEntry entries[MAX_ENTRIES] = { 0 };
  CliTakes takes = get_takes (self);
  guint n_options = list_options (self, options);
  guint n = 0;

  for (guint i = 0; i < n_options; i++)
    if (options[i].takes == 0 || (options[i].takes & takes) != 0)
      entries[n++] = options[i].entry;

  g_option_context_set_help_enabled (context, FALSE);
  g_option_context_add_main_entries (context, entries, VLIVE_GETTEXT_DOMAIN);

  return context;
}

/* Does the option @arg ("--name") take the argument that follows it? */
static gboolean
takes_value (CliOptions *self, const char *arg)
{
  Option options[MAX_ENTRIES];
  guint n_options = list_options (self, options);

  for (guint i = 0; i < n_options; i++)
    if (strcmp (options[i].entry.long_name, arg + 2) == 0)
      return options[i].entry.arg != G_OPTION_ARG_NONE;

  return FALSE;
}

/*
 * Options from words. GOptionContext alone would do it too late: which options
 * there are depends on the verb, and the verb is a word.
 */
static void
sort_out (CliOptions *self, const char *const *argv, GPtrArray *flags, GPtrArray *words)
{
  gboolean ended = FALSE;

  for (gsize i = 0; argv[i] != NULL; i++)
    {
      const char *arg = argv[i];

      if (ended || arg[0] != '-' || arg[1] == '\0')
        g_ptr_array_add (words, g_strdup (arg));
      else if (strcmp (arg, "--") == 0)
        ended = TRUE;
      else
        {
          g_ptr_array_add (flags, g_strdup (arg));
          if (arg[1] == '-' && takes_value (self, arg) && argv[i + 1] != NULL)
            g_ptr_array_add (flags, g_strdup (argv[++i]));
        }
    }
}

/* Before anything else is known: how to report, and whether help is wanted. */
static void
peek_flags (CliOptions *self, GPtrArray *flags)
{
  for (guint i = 1; flags->pdata[i] != NULL; i++)
    {
      const char *flag = flags->pdata[i];

      self->json |= strcmp (flag, "--json") == 0;
      self->version |= strcmp (flag, "--version") == 0;
      self->help |= strcmp (flag, "--help") == 0 || strcmp (flag, "-h") == 0;
      if (strncmp (flag, "--", 2) == 0 && takes_value (self, flag)
          && flags->pdata[i + 1] != NULL)
        i++;
    }
}

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
find_group (CliOptions *self, GError **error)
{
  g_autofree char *names = cli_groups_dup_names ();
  g_autofree char *shown = NULL;

  if (self->words[0] == NULL)
    return self->help
           || fail (error, _ ("a command is missing; there are: %s (see vlive --help)"),
                    names);

  self->group = cli_groups_find (self->words[0]);
  if (self->group != NULL)
    return TRUE;
  shown = cli_text_shorten (self->words[0], 60);

  return fail (error, _ ("there is no command “%s”; there are: %s (see vlive --help)"),
               shown, names);
}

static gboolean
find_resource (CliOptions *self, guint *n, GError **error)
{
  if (self->group->words[0] == '\0')
    return TRUE;
  if (self->words[*n] == NULL)
    return self->help
           || fail (error, _ ("%s: a resource is missing, such as posts"),
                    self->group->name);
  if (!cli_values_check_name (_ ("the resource"), self->words[*n], error))
    return FALSE;
  self->resource = self->words[(*n)++];

  return TRUE;
}

static gboolean
find_verb (CliOptions *self, guint n, GError **error)
{
  g_autofree char *names = cli_group_dup_names (self->group);
  g_autofree char *shown = NULL;
  const char *name = self->words[n] != NULL ? self->words[n] : self->group->implied;

  self->n_before = self->words[n] != NULL ? n + 1 : n;
  if (name == NULL || (self->help && self->words[n] == NULL))
    return self->help
           || fail (error, _ ("%s: a verb is missing; there are: %s"),
                    self->group->name, names);

  self->verb = cli_group_find (self->group, name);
  if (self->verb != NULL)
    return TRUE;
  shown = cli_text_shorten (name, 60);

  return fail (error, _ ("%s: there is no verb “%s”; there are: %s"), self->group->name,
               shown, names);
}

static gboolean
find_words (CliOptions *self, GError **error)
{
  guint n = 1;

  if (!find_group (self, error))
    return FALSE;
  if (self->group == NULL)
    return TRUE;

  return find_resource (self, &n, error) && find_verb (self, n, error);
}

/* What shows the help of this place. */
static char *
dup_help_command (CliOptions *self)
{
  GString *command = g_string_new ("vlive ");

  for (guint i = 0; i < self->n_before; i++)
    {
      g_autofree char *word = cli_text_shorten (self->words[i], 60);

      g_string_append_printf (command, "%s ", word);
    }
  g_string_append (command, "--help");

  return g_string_free (command, FALSE);
}

static gboolean
parse_flags (CliOptions *self, GPtrArray *flags, GError **error)
{
  g_autoptr (GOptionContext) context = new_context (self, NULL);
  g_autoptr (GError) reason = NULL;
  g_autofree char *command = dup_help_command (self);
  /* GLib moves the pointers about in its own copy and frees none. */
  g_autofree char **argv = g_memdup2 (flags->pdata, flags->len * sizeof (char *));
  int argc = (int) flags->len - 1;

  if (g_option_context_parse (context, &argc, &argv, &reason))
    return TRUE;

  for (guint i = 1; flags->pdata[i] != NULL; i++)
    {
      const char *flag = flags->pdata[i];

      if (g_ascii_isdigit (flag[1]))
        return fail (error,
                     _ ("“%s” is no option; a negative value stands after --, or in "
                        "FIELD=VALUE"),
                     flag);
    }

  return fail (error, _ ("%s (see %s)"), reason->message, command);
}

static char *
dup_usage (CliOptions *self)
{
  g_autoptr (GString) usage =
      g_string_new (self->group != NULL ? self->group->name : _ ("COMMAND"));

  if (self->group != NULL && self->group->words[0] != '\0')
    g_string_append_printf (usage, " %s", self->group->words);
  if (self->verb != NULL)
    g_string_append_printf (usage, " %s %s", self->verb->name, self->verb->words);
  else
    g_string_append_printf (usage, " %s", self->group != NULL ? _ ("VERB …") : "…");

  return g_strdup (g_strchomp (usage->str));
}

static gboolean
check_n_words (CliOptions *self, GError **error)
{
  g_autofree char *usage = dup_usage (self);
  g_autofree char *shown = NULL;
  guint n = cli_options_get_n_words (self);

  if (n < self->verb->min_words)
    return fail (error, _ ("something is missing: vlive %s"), usage);
  if (n <= self->verb->max_words)
    return TRUE;
  shown = cli_text_shorten (cli_options_get_words (self)[self->verb->max_words], 60);

  return fail (error, _ ("“%s” is too much: vlive %s"), shown, usage);
}

static gboolean
check_path (const char *option, const char *path, GError **error)
{
  return path == NULL || path[0] != '\0' || fail (error, _ ("%s is empty"), option);
}

static gboolean
check_texts (CliOptions *self, GError **error)
{
  const struct
  {
    const char *what;
    const char *text;
  } texts[] = {
    { "--table", self->table },
    { "--url", self->url },
    { "--id", self->id },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    if (texts[i].text != NULL
        && !cli_values_check_name (texts[i].what, texts[i].text, error))
      return FALSE;
  if (self->verb->names != CLI_NAMES_NOTHING && cli_options_get_n_words (self) > 0
      && !cli_values_check_name (_ ("the id"), cli_options_get_words (self)[0], error))
    return FALSE;

  return check_path ("--cache", self->cache, error)
         && check_path ("--master", self->master, error)
         && check_path ("--profile", self->profile, error);
}

static gboolean
check_count (CliOptions *self, GError **error)
{
  guint64 number;

  if (self->count == NULL)
    return TRUE;
  if (!cli_reading_parse_number ("--count", self->count, G_MAXINT32, &number, error))
    return FALSE;
  self->n_changes = (guint) number;

  return TRUE;
}

static gboolean
check (CliOptions *self, GError **error)
{
  return check_n_words (self, error) && check_texts (self, error)
         && cli_demo_init (&self->demo, error) && check_count (self, error)
         && cli_reading_init (&self->reading, self->page, self->limit, self->filters,
                              self->sorts, self->search, error);
}

CliOptions *
cli_options_parse (const char *const *argv, GError **error)
{
  CliOptions *self = g_new0 (CliOptions, 1);
  g_autoptr (GPtrArray) flags = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) words = g_ptr_array_new ();

  g_ptr_array_add (flags, g_strdup ("vlive"));
  sort_out (self, argv, flags, words);
  g_ptr_array_add (flags, NULL);
  g_ptr_array_add (words, NULL);
  self->words = (char **) g_ptr_array_steal (words, NULL);
  peek_flags (self, flags);

  if (!self->version && find_words (self, error) && parse_flags (self, flags, error)
      && !self->help)
    check (self, error);

  return self;
}

void
cli_options_free (CliOptions *self)
{
  cli_reading_clear (&self->reading);
  cli_demo_clear (&self->demo);
  g_free (self->cache);
  g_free (self->master);
  g_free (self->profile);
  g_free (self->table);
  g_free (self->url);
  g_free (self->id);
  g_free (self->page);
  g_free (self->limit);
  g_free (self->count);
  g_free (self->search);
  g_strfreev (self->filters);
  g_strfreev (self->sorts);
  g_strfreev (self->words);
  g_free (self);
}

const char *const *
cli_options_get_words (CliOptions *self)
{
  return (const char *const *) self->words + self->n_before;
}

guint
cli_options_get_n_words (CliOptions *self)
{
  return g_strv_length (self->words) - self->n_before;
}

static void
append_list (GString *text, const char *name, const char *words, const char *summary)
{
  g_autofree char *head = g_strjoin (words[0] != '\0' ? " " : NULL, name, words, NULL);

  g_string_append_printf (text, "\n  %-28s %s", head, summary);
}

static char *
dup_summary (CliOptions *self)
{
  GString *text;

  if (self->verb != NULL)
    return g_strdup (_ (self->verb->summary));

  text = g_string_new (
      self->group != NULL
          ? _ (self->group->summary)
          : _ ("A table that lives somewhere slow, shown as if it were here."));
  g_string_append_printf (text, "\n\n%s",
                          self->group != NULL ? _ ("Verbs:") : _ ("Commands:"));
  if (self->group != NULL)
    for (const CliVerb *verb = self->group->verbs; verb->name != NULL; verb++)
      append_list (text, verb->name, verb->words, _ (verb->summary));
  else
    for (const CliGroup *group = cli_groups; group->name != NULL; group++)
      append_list (text, group->name, group->words, _ (group->summary));

  return g_string_free (text, FALSE);
}

static const char *
get_examples (CliOptions *self)
{
  if (self->verb != NULL)
    return self->verb->examples;
  if (self->group != NULL)
    return self->group->examples;

  return "  vlive local seed\n"
         "  vlive --cache ./vlive-cache local list\n"
         "  vlive --cache ./vlive-cache api posts list --limit 5";
}

char *
cli_options_dup_help (CliOptions *self)
{
  g_autofree char *usage = dup_usage (self);
  g_autofree char *summary = dup_summary (self);
  g_autoptr (GOptionContext) context = new_context (self, usage);
  const char *examples = get_examples (self);

  g_option_context_set_summary (context, summary);
  if (examples != NULL)
    {
      g_autofree char *text = g_strconcat (_ ("Examples:"), "\n", examples, NULL);

      g_option_context_set_description (context, text);
    }

  return g_option_context_get_help (context, TRUE, NULL);
}
