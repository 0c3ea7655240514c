/* vlive-profile-parse.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "master/vlive-profile-private.h"

#include <string.h>

#include "base/vlive-error.h"

#define RESOURCE_PREFIX "resource "

typedef enum
{
  KEY_TEXT,
  KEY_LIST,
  KEY_BOOLEAN,
  KEY_NUMBER, /* guint */
  KEY_LONG,   /* gint64 */
  KEY_ROUTE,
  KEY_WORD, /* an enum */
} KeyKind;

typedef struct
{
  const char *group;
  const char *name;
  KeyKind kind;
  gsize offset;
  const char *const *words; /* of KEY_WORD, in the order of the enum */
} Key;

static const char *const paging_words[] = { "none", "skip", "page", NULL };
static const char *const whole_words[] = { "bare", "zero", "pages", NULL };
static const char *const operator_words[] = {
  "equal",         "not-equal", "less", "less-equal", "greater",
  "greater-equal", "contains",  "in",   "is-null",    NULL
};

#define AT(field) G_STRUCT_OFFSET (VliveProfile, field)
#define FILTER(op) AT (filters[VLIVE_OPERATOR_##op])
#define ROUTE(op) AT (routes[VLIVE_WRITE_##op])

/* Every key there is. Another one is an error: a key that is misspelt would
 * have no effect otherwise, and nobody would be told. */
static const Key keys[] = {
  { "profile", "name", KEY_TEXT, AT (name), NULL },
  { "profile", "title", KEY_TEXT, AT (title), NULL },
  { "profile", "base-url", KEY_TEXT, AT (base_url), NULL },
  { "profile", "account", KEY_TEXT, AT (account), NULL },
  { "profile", "resources", KEY_LIST, AT (resources), NULL },
  { "profile", "secret-parameters", KEY_LIST, AT (secret_parameters), NULL },
  { "read", "list", KEY_TEXT, AT (list), NULL },
  { "read", "record", KEY_TEXT, AT (record), NULL },
  { "read", "envelope", KEY_TEXT, AT (envelope), NULL },
  { "read", "record-envelope", KEY_TEXT, AT (record_envelope), NULL },
  { "read", "id", KEY_TEXT, AT (id_field), NULL },
  { "read", "paging", KEY_WORD, AT (paging), paging_words },
  { "read", "whole", KEY_WORD, AT (whole), whole_words },
  { "read", "offset-parameter", KEY_TEXT, AT (offset_parameter), NULL },
  { "read", "limit-parameter", KEY_TEXT, AT (limit_parameter), NULL },
  { "read", "page-parameter", KEY_TEXT, AT (page_parameter), NULL },
  { "read", "first-page", KEY_LONG, AT (first_page), NULL },
  { "read", "max-page", KEY_NUMBER, AT (max_page), NULL },
  { "read", "total-header", KEY_TEXT, AT (total_header), NULL },
  { "read", "total-path", KEY_TEXT, AT (total_path), NULL },
  { "read", "conditional", KEY_BOOLEAN, AT (conditional), NULL },
  { "filter", "equal", KEY_TEXT, FILTER (EQUAL), NULL },
  { "filter", "not-equal", KEY_TEXT, FILTER (NOT_EQUAL), NULL },
  { "filter", "less", KEY_TEXT, FILTER (LESS), NULL },
  { "filter", "less-equal", KEY_TEXT, FILTER (LESS_EQUAL), NULL },
  { "filter", "greater", KEY_TEXT, FILTER (GREATER), NULL },
  { "filter", "greater-equal", KEY_TEXT, FILTER (GREATER_EQUAL), NULL },
  { "filter", "contains", KEY_TEXT, FILTER (CONTAINS), NULL },
  { "filter", "in", KEY_TEXT, FILTER (IN), NULL },
  { "filter", "contains-is-regexp", KEY_BOOLEAN, AT (contains_regexp), NULL },
  { "filter", "order-numbers-only", KEY_BOOLEAN, AT (order_numbers_only), NULL },
  { "filter", "reserved", KEY_LIST, AT (reserved), NULL },
  { "sort", "parameter", KEY_TEXT, AT (sort_parameter), NULL },
  { "sort", "order-parameter", KEY_TEXT, AT (order_parameter), NULL },
  { "sort", "ascending", KEY_TEXT, AT (ascending), NULL },
  { "sort", "descending", KEY_TEXT, AT (descending), NULL },
  { "sort", "descending-prefix", KEY_TEXT, AT (descending_prefix), NULL },
  { "sort", "separator", KEY_TEXT, AT (sort_separator), NULL },
  { "sort", "many", KEY_BOOLEAN, AT (sort_many), NULL },
  { "search", "parameter", KEY_TEXT, AT (search_parameter), NULL },
  { "search", "list", KEY_TEXT, AT (search_list), NULL },
  { "search", "verified", KEY_BOOLEAN, AT (search_verified), NULL },
  { "write", "insert", KEY_ROUTE, ROUTE (INSERT), NULL },
  { "write", "replace", KEY_ROUTE, ROUTE (REPLACE), NULL },
  { "write", "patch", KEY_ROUTE, ROUTE (PATCH), NULL },
  { "write", "delete", KEY_ROUTE, ROUTE (DELETE), NULL },
  { "write", "clear", KEY_ROUTE, ROUTE (DELETE_ALL), NULL },
  { "write", "keeps-writes", KEY_BOOLEAN, AT (keeps_writes), NULL },
  { "write", "reply-is-record", KEY_BOOLEAN, AT (reply_is_record), NULL },
  { "write", "idempotency-header", KEY_TEXT, AT (idempotency_header), NULL },
  { "write", "conflict-text", KEY_TEXT, AT (conflict_text), NULL },
};

void
_vlive_resource_hints_free (gpointer data)
{
  VliveResourceHints *hints = data;

  g_clear_pointer (&hints->schema, vlive_schema_unref);
  g_free (hints->name);
  g_free (hints->list);
  g_free (hints->record);
  g_free (hints->envelope);
  g_free (hints);
}

static gboolean
invalid (GError **error, const char *group, const char *key, const char *why)
{
  g_set_error (error, VLIVE_ERROR, VLIVE_ERROR_INVALID, "[%s] %s: %s", group, key, why);

  return FALSE;
}

static gboolean
parse_word (const Key *key, const char *text, int *value, GError **error)
{
  g_autofree char *words = NULL;

  for (int i = 0; key->words[i] != NULL; i++)
    if (strcmp (key->words[i], text) == 0)
      {
        *value = i;
        return TRUE;
      }
  words = g_strjoinv (", ", (char **) key->words);
  g_set_error (error, VLIVE_ERROR, VLIVE_ERROR_INVALID, "[%s] %s: “%s” is none of %s",
               key->group, key->name, text, words);

  return FALSE;
}

static gboolean
parse_route (const Key *key, const char *text, VliveRoute *route, GError **error)
{
  static const char *const methods[] = { "POST", "PUT", "PATCH", "DELETE", NULL };
  g_auto (GStrv) words = g_strsplit (text, " ", 2);

  if (words[0] == NULL || words[1] == NULL || words[1][0] == '\0'
      || !g_strv_contains (methods, words[0]))
    return invalid (error, key->group, key->name,
                    "must be a method and a path, such as “PUT {resource}/{id}”");
  route->method = g_strdup (words[0]);
  route->path = g_strdup (words[1]);

  return TRUE;
}

static gboolean
parse_integer (const Key *key, const char *text, gpointer field, GError **error)
{
  gint64 number;

  if (!g_ascii_string_to_signed (text, 10, 0, G_MAXINT32, &number, NULL))
    return invalid (error, key->group, key->name,
                    "must be a number that is not negative");
  if (key->kind == KEY_LONG)
    *(gint64 *) field = number;
  else
    *(guint *) field = (guint) number;

  return TRUE;
}

static gboolean
parse_key (VliveProfile *self, GKeyFile *file, const Key *key, GError **error)
{
  gpointer field = G_STRUCT_MEMBER_P (self, key->offset);
  g_autofree char *text = NULL;
  g_autoptr (GError) cause = NULL;

  text = g_key_file_get_string (file, key->group, key->name, &cause);
  if (text == NULL)
    return invalid (error, key->group, key->name, cause->message);
  /* An empty value says that there is none, as an absent key does. */
  if (text[0] == '\0' && key->kind != KEY_LIST)
    return TRUE;

  switch (key->kind)
    {
    case KEY_TEXT:
      g_free (*(char **) field);
      *(char **) field = g_steal_pointer (&text);
      return TRUE;
    case KEY_LIST:
      g_strfreev (*(char ***) field);
      *(char ***) field =
          g_key_file_get_string_list (file, key->group, key->name, NULL, NULL);
      return TRUE;
    case KEY_BOOLEAN:
      *(gboolean *) field =
          g_key_file_get_boolean (file, key->group, key->name, &cause);
      return cause == NULL
             || invalid (error, key->group, key->name, "must be true or false");
    case KEY_ROUTE:
      return parse_route (key, text, field, error);
    case KEY_WORD:
      return parse_word (key, text, field, error);
    case KEY_NUMBER:
    case KEY_LONG:
    default:
      return parse_integer (key, text, field, error);
    }
}

static const Key *
find_key (const char *group, const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    if (strcmp (keys[i].group, group) == 0 && strcmp (keys[i].name, name) == 0)
      return &keys[i];

  return NULL;
}

static gboolean
parse_repeatable (VliveProfile *self, GKeyFile *file, GError **error)
{
  g_auto (GStrv) words =
      g_key_file_get_string_list (file, "filter", "repeatable", NULL, NULL);
  static const Key key = { "filter", "repeatable", KEY_WORD, 0, operator_words };

  for (guint i = 0; words != NULL && words[i] != NULL; i++)
    {
      int op;

      if (!parse_word (&key, words[i], &op, error))
        return FALSE;
      self->repeatable |= 1u << op;
    }

  return TRUE;
}

static gboolean
parse_known_group (VliveProfile *self,
                   GKeyFile *file,
                   const char *group,
                   GError **error)
{
  g_auto (GStrv) names = g_key_file_get_keys (file, group, NULL, NULL);

  for (guint i = 0; names != NULL && names[i] != NULL; i++)
    {
      const Key *key = find_key (group, names[i]);

      if (key != NULL)
        {
          if (!parse_key (self, file, key, error))
            return FALSE;
        }
      else if (strcmp (group, "filter") != 0 || strcmp (names[i], "repeatable") != 0)
        return invalid (error, group, names[i], "there is no such key");
    }

  return TRUE;
}

/* [parameters] and [headers]: whatever names, in their order. */
static char **
parse_pairs (GKeyFile *file, const char *group)
{
  g_auto (GStrv) names = g_key_file_get_keys (file, group, NULL, NULL);
  g_autoptr (GStrvBuilder) pairs = g_strv_builder_new ();

  for (guint i = 0; names != NULL && names[i] != NULL; i++)
    {
      g_autofree char *value = g_key_file_get_string (file, group, names[i], NULL);

      g_strv_builder_add (pairs, names[i]);
      g_strv_builder_add (pairs, value != NULL ? value : "");
    }

  return g_strv_builder_end (pairs);
}

static gboolean
parse_resource (VliveProfile *self, GKeyFile *file, const char *group, GError **error)
{
  static const char *const known[] = { "columns", "declared", "list",
                                       "record",  "envelope", NULL };
  g_auto (GStrv) names = g_key_file_get_keys (file, group, NULL, NULL);
  g_auto (GStrv) columns =
      g_key_file_get_string_list (file, group, "columns", NULL, NULL);
  VliveResourceHints *hints = g_new0 (VliveResourceHints, 1);
  gboolean declared = TRUE;

  hints->name = g_strstrip (g_strdup (group + strlen (RESOURCE_PREFIX)));
  hints->list = g_key_file_get_string (file, group, "list", NULL);
  hints->record = g_key_file_get_string (file, group, "record", NULL);
  hints->envelope = g_key_file_get_string (file, group, "envelope", NULL);
  g_ptr_array_add (self->hints, hints);
  for (guint i = 0; names[i] != NULL; i++)
    if (!g_strv_contains (known, names[i]))
      return invalid (error, group, names[i], "there is no such key");
  if (g_key_file_has_key (file, group, "declared", NULL))
    declared = g_key_file_get_boolean (file, group, "declared", NULL);
  if (columns == NULL)
    return TRUE;
  hints->schema =
      _vlive_profile_parse_columns ((const char *const *) columns, declared, error);
  if (hints->schema == NULL)
    g_prefix_error (error, "[%s] columns: ", group);

  return hints->schema != NULL;
}

static gboolean
parse_groups (VliveProfile *self, GKeyFile *file, GError **error)
{
  static const char *const known[] = { "profile", "read",  "filter", "sort",
                                       "search",  "write", NULL };
  g_auto (GStrv) groups = g_key_file_get_groups (file, NULL);

  for (guint i = 0; groups[i] != NULL; i++)
    {
      gboolean good = TRUE;

      if (g_strv_contains (known, groups[i]))
        good = parse_known_group (self, file, groups[i], error);
      else if (g_str_has_prefix (groups[i], RESOURCE_PREFIX))
        good = parse_resource (self, file, groups[i], error);
      else if (strcmp (groups[i], "parameters") != 0
               && strcmp (groups[i], "headers") != 0)
        good = invalid (error, groups[i], "", "there is no such group");
      if (!good)
        return FALSE;
    }
  self->parameters = parse_pairs (file, "parameters");
  self->headers = parse_pairs (file, "headers");

  return parse_repeatable (self, file, error);
}

static gboolean
check_paging (VliveProfile *self, GError **error)
{
  if (self->paging == VLIVE_PAGING_NONE)
    return TRUE;
  if (self->limit_parameter == NULL)
    return invalid (error, "read", "limit-parameter", "paging needs it");
  if (self->paging == VLIVE_PAGING_SKIP && self->offset_parameter == NULL)
    return invalid (error, "read", "offset-parameter", "paging by skip needs it");
  if (self->paging == VLIVE_PAGING_PAGE && self->page_parameter == NULL)
    return invalid (error, "read", "page-parameter", "paging by page needs it");

  return TRUE;
}

static gboolean
check (VliveProfile *self, GError **error)
{
  g_autoptr (GUri) uri = NULL;

  if (self->name == NULL)
    return invalid (error, "profile", "name", "a profile needs a name");
  if (self->base_url == NULL)
    return invalid (error, "profile", "base-url", "a profile needs a base URL");
  uri = _vlive_profile_parse_base_url (self->base_url, error);
  if (uri == NULL)
    return FALSE;
  if (self->title == NULL)
    self->title = g_strdup (self->name);
  for (guint i = 0; i < VLIVE_N_OPERATORS; i++)
    if (self->filters[i] != NULL && strstr (self->filters[i], "{field}") == NULL)
      return invalid (error, "filter", operator_words[i], "must hold {field}");
  if (self->sort_many && self->sort_parameter == NULL)
    return invalid (error, "sort", "parameter", "sorting needs it");

  return check_paging (self, error);
}

static void
set_defaults (VliveProfile *self)
{
  self->list = g_strdup ("{resource}");
  self->id_field = g_strdup ("id");
  self->first_page = 1;
  self->conditional = TRUE;
  self->ascending = g_strdup ("asc");
  self->descending = g_strdup ("desc");
  self->sort_separator = g_strdup (",");
  self->keeps_writes = TRUE;
  self->reply_is_record = TRUE;
  self->resources = g_new0 (char *, 1);
  self->secret_parameters = g_new0 (char *, 1);
  self->reserved = g_new0 (char *, 1);
}

gboolean
_vlive_profile_parse (VliveProfile *self, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GError) cause = NULL;

  set_defaults (self);
  if (!g_key_file_load_from_bytes (file, self->source, G_KEY_FILE_NONE, &cause))
    {
      g_set_error (error, VLIVE_ERROR, VLIVE_ERROR_INVALID, "This is no profile: %s",
                   cause->message);
      return FALSE;
    }

  return parse_groups (self, file, error) && check (self, error);
}
