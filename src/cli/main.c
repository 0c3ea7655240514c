/* main.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <fcntl.h>
#include <glib/gi18n.h>
#include <locale.h>
#include <stdio.h>
#include <unistd.h>

#include "cli-error.h"
#include "cli-options.h"
#include "cli-session.h"
#include "cli-story.h"

/* Started with a closed standard output, the database would be opened in its
 * place, and what is printed would be written into it. */
static void
occupy_descriptors (void)
{
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
    if (fcntl (fd, F_GETFD) == -1 && open ("/dev/null", O_RDONLY) != fd)
      _exit (CLI_EXIT_FAILED);
}

int
main (int argc, char *argv[])
{
  g_autoptr (CliOptions) options = NULL;
  g_autoptr (GError) error = NULL;

  occupy_descriptors ();
  setlocale (LC_ALL, "");
  bindtextdomain (VLIVE_GETTEXT_DOMAIN, VLIVE_LOCALEDIR);
  bind_textdomain_codeset (VLIVE_GETTEXT_DOMAIN, "UTF-8");
  textdomain (VLIVE_GETTEXT_DOMAIN);
  g_set_prgname ("vlive");
  cli_story_take_warnings ();

  options = cli_options_parse ((const char *const *) argv + MIN (argc, 1), &error);
  if (error != NULL)
    {
      cli_error_report (error, options->json);
      return CLI_EXIT_USAGE;
    }
  if (options->version)
    {
      printf ("vlive %s\n", VLIVE_VERSION);
      return CLI_EXIT_DONE;
    }
  if (options->help)
    {
      g_autofree char *help = cli_options_dup_help (options);

      fputs (help, stdout);
      return CLI_EXIT_DONE;
    }

  return cli_session_run (options);
}
