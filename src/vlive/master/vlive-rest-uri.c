/* vlive-rest-uri.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "master/vlive-rest-uri-private.h"

#include <string.h>

#include "base/vlive-error.h"

/* A message is read by a person; a value of 2 KiB is not. */
#define MAX_DISPLAY 300

/* Hidden in messages and identities whatever the profile says. */
static const char *const always_secret[] = { "access_token", "api-key", "api_key",
                                             "apikey",       "auth",    "password",
                                             "secret",       "token",   NULL };

static void
append_segment (GString *path, const char *segment)
{
  g_autofree char *encoded = g_uri_escape_string (segment, NULL, FALSE);

  g_string_append (path, encoded);
}

/* Means "this folder" or "the one above" in a path, encoded or not. */
static gboolean
is_dot_segment (const char *segment)
{
  return strcmp (segment, ".") == 0 || strcmp (segment, "..") == 0;
}

static void
append_path (GString *path, const char *text, gsize length)
{
  g_autofree char *copy = g_strndup (text, length);
  g_auto (GStrv) segments = g_strsplit (copy, "/", -1);

  for (guint i = 0; segments[i] != NULL; i++)
    {
      if (i > 0)
        g_string_append_c (path, '/');
      append_segment (path, segments[i]);
    }
}

gboolean
_vlive_rest_check_resource (const char *resource, GError **error)
{
  g_auto (GStrv) segments = g_strsplit (resource, "/", -1);

  for (guint i = 0; segments[i] != NULL; i++)
    if (segments[i][0] == '\0' || is_dot_segment (segments[i]))
      {
        g_set_error (
            error, VLIVE_ERROR, VLIVE_ERROR_INVALID,
            "“%s” is no path of a resource, such as “posts” or “users/1/albums”",
            resource);
        return FALSE;
      }
  if (resource[0] == '\0' || strpbrk (resource, "{}") != NULL)
    {
      g_set_error (error, VLIVE_ERROR, VLIVE_ERROR_INVALID,
                   "“%s” is no path of a resource: it needs a value for each {…}",
                   resource);
      return FALSE;
    }

  return TRUE;
}

static gboolean
append_variable (GString *path,
                 const char *name,
                 const char *resource,
                 const char *id,
                 GError **error)
{
  if (strcmp (name, "resource") == 0)
    append_path (path, resource, strlen (resource));
  else if (strcmp (name, "collection") == 0)
    {
      const char *slash = strrchr (resource, '/');

      append_segment (path, slash != NULL ? slash + 1 : resource);
    }
  else if (strcmp (name, "id") == 0 && id != NULL && is_dot_segment (id))
    {
      g_set_error (error, VLIVE_ERROR, VLIVE_ERROR_NOT_FOUND,
                   "There is no “%s” in “%s”: a URL cannot name it", id, resource);
      return FALSE;
    }
  else if (strcmp (name, "id") == 0 && id != NULL)
    append_segment (path, id);
  else
    {
      g_set_error (error, VLIVE_ERROR, VLIVE_ERROR_INVALID,
                   "There is no value for “{%s}” in the profile's template", name);
      return FALSE;
    }

  return TRUE;
}

char *
_vlive_rest_expand_path (const char *template,
                         const char *resource,
                         const char *id,
                         GError **error)
{
  g_autoptr (GString) path = g_string_new (NULL);
  const char *rest = template;

  while (rest[0] != '\0')
    {
      const char *open = strchr (rest, '{');
      const char *close = open != NULL ? strchr (open, '}') : NULL;
      g_autofree char *name = NULL;

      if (close == NULL)
        {
          append_path (path, rest, strlen (rest));
          break;
        }
      append_path (path, rest, (gsize) (open - rest));
      name = g_strndup (open + 1, (gsize) (close - open - 1));
      if (!append_variable (path, name, resource, id, error))
        return NULL;
      rest = close + 1;
    }

  return g_string_free (g_steal_pointer (&path), FALSE);
}

GPtrArray *
_vlive_rest_params_new (void)
{
  return g_ptr_array_new_with_free_func (g_free);
}

void
_vlive_rest_params_add (GPtrArray *params, const char *name, const char *value)
{
  g_ptr_array_add (params, g_strdup (name));
  g_ptr_array_add (params, g_strdup (value));
}

static void
append_parameter (GString *query, const char *name, const char *value)
{
  g_autofree char *encoded_name = g_uri_escape_string (name, NULL, FALSE);
  g_autofree char *encoded_value = g_uri_escape_string (value, NULL, FALSE);

  if (query->len > 0)
    g_string_append_c (query, '&');
  g_string_append_printf (query, "%s=%s", encoded_name, encoded_value);
}

GUri *
_vlive_rest_build_uri (GUri *base, const char *encoded_path, GPtrArray *params)
{
  g_autoptr (GString) query = g_string_new (g_uri_get_query (base));
  g_autofree char *path = NULL;

  path = g_strconcat (g_uri_get_path (base), "/", encoded_path, NULL);
  for (guint i = 0; params != NULL && i + 1 < params->len; i += 2)
    append_parameter (query, params->pdata[i], params->pdata[i + 1]);

  return g_uri_build (G_URI_FLAGS_ENCODED, g_uri_get_scheme (base), NULL,
                      g_uri_get_host (base), g_uri_get_port (base), path,
                      query->len > 0 ? query->str : NULL, NULL);
}

static int
effective_port (GUri *uri)
{
  if (g_uri_get_port (uri) > 0)
    return g_uri_get_port (uri);

  return strcmp (g_uri_get_scheme (uri), "https") == 0 ? 443 : 80;
}

GUri *
_vlive_rest_normalize_base (GUri *base, char **user, char **password)
{
  g_autofree char *host = g_ascii_strdown (g_uri_get_host (base), -1);
  g_autofree char *path = g_strdup (g_uri_get_path (base));
  const char *query = g_uri_get_query (base);
  int port = effective_port (base);
  gsize length = strlen (path);

  *user = NULL;
  *password = NULL;
  if (g_uri_get_user (base) != NULL && g_uri_get_user (base)[0] != '\0')
    *user = g_uri_unescape_string (g_uri_get_user (base), NULL);
  if (g_uri_get_password (base) != NULL)
    *password = g_uri_unescape_string (g_uri_get_password (base), NULL);
  while (length > 0 && path[length - 1] == '/')
    path[--length] = '\0';
  if (port == (strcmp (g_uri_get_scheme (base), "https") == 0 ? 443 : 80))
    port = -1;

  return g_uri_build (G_URI_FLAGS_ENCODED, g_uri_get_scheme (base), NULL, host, port,
                      path, query != NULL && query[0] != '\0' ? query : NULL, NULL);
}

static gboolean
is_secret (const char *encoded_name, const char *const *secret_parameters)
{
  g_autofree char *name = g_uri_unescape_string (encoded_name, NULL);

  if (name == NULL)
    return TRUE;
  for (guint i = 0; always_secret[i] != NULL; i++)
    if (g_ascii_strcasecmp (always_secret[i], name) == 0)
      return TRUE;

  return secret_parameters != NULL && g_strv_contains (secret_parameters, name);
}

/* @mask: put for each secret value; NULL leaves the parameter out. */
static char *
dup_open_query (const char *query,
                const char *const *secret_parameters,
                const char *mask)
{
  g_autoptr (GString) open = g_string_new (NULL);
  g_auto (GStrv) parts = g_strsplit (query != NULL ? query : "", "&", -1);

  for (guint i = 0; parts[i] != NULL; i++)
    {
      g_auto (GStrv) pair = g_strsplit (parts[i], "=", 2);
      gboolean secret;

      if (parts[i][0] == '\0')
        continue;
      secret = is_secret (pair[0], secret_parameters);
      if (secret && mask == NULL)
        continue;
      if (open->len > 0)
        g_string_append_c (open, '&');
      if (secret)
        g_string_append_printf (open, "%s=%s", pair[0], mask);
      else
        g_string_append (open, parts[i]);
    }

  return g_string_free (g_steal_pointer (&open), FALSE);
}

static char *
dup_without_query (GUri *uri)
{
  g_autoptr (GUri) bare = g_uri_build (G_URI_FLAGS_ENCODED, g_uri_get_scheme (uri),
                                       NULL, g_uri_get_host (uri), g_uri_get_port (uri),
                                       g_uri_get_path (uri), NULL, NULL);

  return g_uri_to_string (bare);
}

/* The parts are encoded, so that none of them holds a space: no two masters
 * share an identity. */
char *
_vlive_rest_dup_identity (GUri *base,
                          const char *const *secret_parameters,
                          const char *account,
                          const char *resource)
{
  g_autofree char *place = dup_without_query (base);
  g_autofree char *query =
      dup_open_query (g_uri_get_query (base), secret_parameters, NULL);
  g_autofree char *user =
      g_uri_escape_string (account != NULL ? account : "", NULL, FALSE);
  g_autofree char *path = _vlive_rest_expand_path ("{resource}", resource, NULL, NULL);

  return g_strdup_printf ("rest %s%s%s %s %s", place, query[0] != '\0' ? "?" : "",
                          query, user, path);
}

char *
_vlive_rest_uri_to_display (GUri *uri, const char *const *secret_parameters)
{
  g_autofree char *place = dup_without_query (uri);
  g_autofree char *query =
      dup_open_query (g_uri_get_query (uri), secret_parameters, "***");
  g_autofree char *text = g_strconcat (place, query[0] != '\0' ? "?" : "", query, NULL);

  if (strlen (text) <= MAX_DISPLAY)
    return g_steal_pointer (&text);
  text[MAX_DISPLAY] = '\0';

  return g_strconcat (text, "…", NULL);
}

gboolean
_vlive_rest_same_origin (GUri *a, GUri *b)
{
  return strcmp (g_uri_get_scheme (a), g_uri_get_scheme (b)) == 0
         && g_ascii_strcasecmp (g_uri_get_host (a), g_uri_get_host (b)) == 0
         && effective_port (a) == effective_port (b);
}
