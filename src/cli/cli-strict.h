/* cli-strict.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  CLI_STRICT_FINE,
  CLI_STRICT_NOT_JSON,  /* not one JSON value (RFC 8259) and nothing else */
  CLI_STRICT_INEXACT,   /* JSON, but of a number or text that json-glib changes */
} CliStrict;

/*
 * What json-glib lets pass and a person does not mean: it takes 'x' for text,
 * wraps integers beyond 64 bits, makes infinity of large doubles and ends text
 * at \u0000. @text is UTF-8.
 */
CliStrict cli_strict_check (const char *text);

G_END_DECLS
