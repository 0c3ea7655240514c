/* vlive-profile.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "master/vlive-profile-private.h"

#include <string.h>

#include "base/vlive-error.h"
#include "vlive-resources.h"

/**
 * VliveProfile:
 *
 * How a REST API is asked: its addresses, paging, filters, verbs and resources, read
 * from a key file, so that another API needs no code. Immutable.
 *
 * Since: 0.1
 */

#define RESOURCE_FOLDER "/io/github/vlive/Vlive/profiles/"
#define MAX_SIZE (1 << 20)

G_DEFINE_BOXED_TYPE (VliveProfile,
                     vlive_profile,
                     vlive_profile_ref,
                     vlive_profile_unref)

static VliveProfile *
profile_new (GBytes *source, GError **error)
{
  g_autoptr (VliveProfile) self = g_new0 (VliveProfile, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->source = g_bytes_ref (source);
  self->hints = g_ptr_array_new_with_free_func (_vlive_resource_hints_free);
  if (!_vlive_profile_parse (self, error))
    return NULL;

  return g_steal_pointer (&self);
}

/* Linked into a program as objects, the resources would be dropped unless
 * somebody named them. */
static GBytes *
load_shipped (const char *name)
{
  g_autofree char *path = g_strconcat (RESOURCE_FOLDER, name, ".ini", NULL);

  return g_resource_lookup_data (_vlive_resources_get_resource (), path,
                                 G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
}

static GBytes *
load_file (const char *path, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) cause = NULL;
  g_autoptr (GFileInputStream) stream = g_file_read (file, NULL, &cause);
  g_autoptr (GBytes) bytes = NULL;

  if (stream != NULL)
    bytes =
        g_input_stream_read_bytes (G_INPUT_STREAM (stream), MAX_SIZE + 1, NULL, &cause);
  if (bytes == NULL)
    {
      g_set_error (error, VLIVE_ERROR, VLIVE_ERROR_STORAGE,
                   "The profile “%s” cannot be read: %s", path, cause->message);
      return NULL;
    }
  if (g_bytes_get_size (bytes) > MAX_SIZE)
    {
      g_set_error (error, VLIVE_ERROR, VLIVE_ERROR_TOO_LARGE,
                   "“%s” is too large to be a profile", path);
      return NULL;
    }

  return g_steal_pointer (&bytes);
}

/**
 * vlive_profile_load:
 * @name_or_path: `jsonplaceholder`, `dummyjson` or `json-server`, which are
 *   part of the library, or the path of a file
 * @error: return location for an error
 *
 * Loads a profile. Reads at most one small file.
 *
 * Returns: (transfer full): the profile, or %NULL on error
 *
 * Since: 0.1
 */
VliveProfile *
vlive_profile_load (const char *name_or_path, GError **error)
{
  g_autoptr (GBytes) source = NULL;
  VliveProfile *self;

  g_return_val_if_fail (name_or_path != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (strchr (name_or_path, G_DIR_SEPARATOR) == NULL)
    source = load_shipped (name_or_path);
  if (source == NULL && strchr (name_or_path, G_DIR_SEPARATOR) == NULL
      && !g_file_test (name_or_path, G_FILE_TEST_EXISTS))
    {
      g_set_error (
          error, VLIVE_ERROR, VLIVE_ERROR_NOT_FOUND,
          "There is no profile “%s”: it is neither jsonplaceholder, dummyjson or "
          "json-server nor a file",
          name_or_path);
      return NULL;
    }
  if (source == NULL)
    source = load_file (name_or_path, error);
  if (source == NULL)
    return NULL;
  self = profile_new (source, error);
  if (self == NULL)
    g_prefix_error (error, "“%s”: ", name_or_path);

  return self;
}

/**
 * vlive_profile_new_from_data:
 * @data: the text of a key file
 * @length: its length in bytes, or -1 if it ends with a NUL
 * @error: return location for an error
 *
 * Creates a profile from the text of a key file.
 *
 * Returns: (transfer full): the profile, or %NULL on error
 *
 * Since: 0.1
 */
VliveProfile *
vlive_profile_new_from_data (const char *data, gssize length, GError **error)
{
  g_autoptr (GBytes) source = NULL;

  g_return_val_if_fail (data != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  source = g_bytes_new (data, length < 0 ? strlen (data) : (gsize) length);

  return profile_new (source, error);
}

/**
 * vlive_profile_ref:
 * @self: a profile
 *
 * Takes a reference.
 *
 * Returns: (transfer full): @self
 *
 * Since: 0.1
 */
VliveProfile *
vlive_profile_ref (VliveProfile *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

static void
free_read (VliveProfile *self)
{
  g_free (self->list);
  g_free (self->record);
  g_free (self->envelope);
  g_free (self->record_envelope);
  g_free (self->id_field);
  g_free (self->offset_parameter);
  g_free (self->limit_parameter);
  g_free (self->page_parameter);
  g_free (self->total_header);
  g_free (self->total_path);
}

static void
free_query (VliveProfile *self)
{
  for (guint i = 0; i < VLIVE_N_OPERATORS; i++)
    g_free (self->filters[i]);
  g_free (self->sort_parameter);
  g_free (self->order_parameter);
  g_free (self->ascending);
  g_free (self->descending);
  g_free (self->descending_prefix);
  g_free (self->sort_separator);
  g_free (self->search_parameter);
  g_free (self->search_list);
}

/**
 * vlive_profile_unref:
 * @self: (transfer full): a profile
 *
 * Drops a reference.
 *
 * Since: 0.1
 */
void
vlive_profile_unref (VliveProfile *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  free_read (self);
  free_query (self);
  for (guint i = 0; i < VLIVE_N_WRITE_OPS; i++)
    {
      g_free (self->routes[i].method);
      g_free (self->routes[i].path);
    }
  g_free (self->idempotency_header);
  g_free (self->conflict_text);
  g_free (self->name);
  g_free (self->title);
  g_free (self->base_url);
  g_free (self->account);
  g_strfreev (self->resources);
  g_strfreev (self->secret_parameters);
  g_strfreev (self->reserved);
  g_strfreev (self->parameters);
  g_strfreev (self->headers);
  g_ptr_array_unref (self->hints);
  g_bytes_unref (self->source);
  g_free (self);
}

/**
 * vlive_profile_get_name:
 * @self: a profile
 *
 * Gets the name of the profile, such as `json-server`.
 *
 * Returns: (transfer none): the name
 *
 * Since: 0.1
 */
const char *
vlive_profile_get_name (VliveProfile *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->name;
}

/**
 * vlive_profile_get_title:
 * @self: a profile
 *
 * Gets the name of the API, for a person.
 *
 * Returns: (transfer none): the title
 *
 * Since: 0.1
 */
const char *
vlive_profile_get_title (VliveProfile *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->title;
}

/**
 * vlive_profile_get_base_url:
 * @self: a profile
 *
 * Gets the URL below which the resources are found, as it was given. It may
 * hold credentials: do not print it.
 *
 * Returns: (transfer none): the base URL
 *
 * Since: 0.1
 */
const char *
vlive_profile_get_base_url (VliveProfile *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->base_url;
}

/**
 * vlive_profile_get_resources:
 * @self: a profile
 *
 * Gets the resources that the profile names.
 *
 * Returns: (transfer none) (array zero-terminated=1): the resources
 *
 * Since: 0.1
 */
const char *const *
vlive_profile_get_resources (VliveProfile *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return (const char *const *) self->resources;
}

GUri *
_vlive_profile_parse_base_url (const char *url, GError **error)
{
  g_autoptr (GUri) uri = NULL;
  g_autoptr (GError) cause = NULL;

  /* The text is not repeated: it may hold a password. */
  uri = g_uri_parse (url, G_URI_FLAGS_HAS_PASSWORD | G_URI_FLAGS_ENCODED, &cause);
  if (uri == NULL || g_uri_get_host (uri) == NULL || g_uri_get_host (uri)[0] == '\0'
      || (strcmp (g_uri_get_scheme (uri), "http") != 0
          && strcmp (g_uri_get_scheme (uri), "https") != 0))
    {
      g_set_error_literal (
          error, VLIVE_ERROR, VLIVE_ERROR_INVALID,
          "The base URL is not an address such as https://example.org/api");
      return NULL;
    }

  return g_steal_pointer (&uri);
}

/**
 * vlive_profile_with_base_url:
 * @self: a profile
 * @base_url: another base URL
 * @error: return location for an error
 *
 * The same profile for a server at another place.
 *
 * Returns: (transfer full): a new profile, or %NULL if @base_url is none
 *
 * Since: 0.1
 */
VliveProfile *
vlive_profile_with_base_url (VliveProfile *self, const char *base_url, GError **error)
{
  g_autoptr (GUri) uri = NULL;
  VliveProfile *other;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (base_url != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  uri = _vlive_profile_parse_base_url (base_url, error);
  if (uri == NULL)
    return NULL;
  other = profile_new (self->source, error);
  if (other != NULL)
    {
      g_free (other->base_url);
      other->base_url = g_strdup (base_url);
    }

  return other;
}

guint
_vlive_profile_get_operators (VliveProfile *self)
{
  guint operators = 0;

  for (guint i = 0; i < VLIVE_N_OPERATORS; i++)
    if (self->filters[i] != NULL)
      operators |= 1u << i;

  return operators;
}

static VliveCapabilities
get_read_capabilities (VliveProfile *self)
{
  VliveCapabilities capabilities = 0;

  if (self->record != NULL)
    capabilities |= VLIVE_CAN_GET;
  if (self->paging == VLIVE_PAGING_PAGE)
    capabilities |= VLIVE_CAN_PAGE;
  else
    capabilities |= VLIVE_CAN_WINDOW | VLIVE_CAN_PAGE;
  if (self->paging != VLIVE_PAGING_NONE
      && (self->total_header != NULL || self->total_path != NULL))
    capabilities |= VLIVE_CAN_COUNT;
  if (_vlive_profile_get_operators (self) != 0)
    capabilities |= VLIVE_CAN_FILTER;
  if (self->sort_parameter != NULL)
    capabilities |= VLIVE_CAN_SORT;
  if (self->sort_many)
    capabilities |= VLIVE_CAN_SORT_MANY;
  if (self->search_parameter != NULL)
    capabilities |= VLIVE_CAN_SEARCH;
  if (self->conditional)
    capabilities |= VLIVE_CAN_READ_CONDITIONALLY;

  return capabilities;
}

VliveCapabilities
_vlive_profile_get_capabilities (VliveProfile *self)
{
  static const VliveCapabilities writes[VLIVE_N_WRITE_OPS] = {
    [VLIVE_WRITE_INSERT] = VLIVE_CAN_INSERT,
    [VLIVE_WRITE_REPLACE] = VLIVE_CAN_REPLACE,
    [VLIVE_WRITE_PATCH] = VLIVE_CAN_PATCH,
    [VLIVE_WRITE_DELETE] = VLIVE_CAN_DELETE,
    [VLIVE_WRITE_DELETE_ALL] = VLIVE_CAN_CLEAR,
  };
  VliveCapabilities capabilities = get_read_capabilities (self);

  for (guint i = 0; i < VLIVE_N_WRITE_OPS; i++)
    if (self->routes[i].path != NULL)
      capabilities |= writes[i];
  if (self->keeps_writes)
    capabilities |= VLIVE_KEEPS_WRITES;
  if (self->idempotency_header != NULL)
    capabilities |= VLIVE_CAN_REPEAT_WRITES;

  return capabilities;
}

/* Segment by segment; "{…}" stands for any one. */
static gboolean
matches_template (const char *template, const char *resource)
{
  g_auto (GStrv) pattern = g_strsplit (template, "/", -1);
  g_auto (GStrv) segments = g_strsplit (resource, "/", -1);

  if (g_strv_length (pattern) != g_strv_length (segments))
    return FALSE;
  for (guint i = 0; pattern[i] != NULL; i++)
    if (pattern[i][0] != '{' && strcmp (pattern[i], segments[i]) != 0)
      return FALSE;

  return TRUE;
}

VliveResourceHints *
_vlive_profile_find_hints (VliveProfile *self, const char *resource)
{
  for (guint i = 0; i < self->hints->len; i++)
    {
      VliveResourceHints *hints = self->hints->pdata[i];

      if (matches_template (hints->name, resource))
        return hints;
    }

  return NULL;
}
