/* vlive-record-to-json.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <math.h>

#include "base/vlive-error.h"
#include "record/vlive-block-private.h"
#include "record/vlive-json-private.h"

gboolean
_vlive_record_append_json (VliveRecord *self, GString *json, GError **error)
{
  guint n = _vlive_layout_get_n_names (self->layout);
  gboolean first = TRUE;

  for (guint i = 0; i < n; i++)
    {
      const char *name = _vlive_layout_get_name (self->layout, i);
      VliveValue value;

      _vlive_record_peek (self, i, &value);
      if (value.type == VLIVE_VALUE_MISSING)
        continue;
      if (!first)
        g_string_append_c (json, ',');
      first = FALSE;
      _vlive_json_append_string (json, name, strlen (name));
      g_string_append_c (json, ':');
      if (!_vlive_json_append_value (json, &value, name, error))
        return FALSE;
    }

  return TRUE;
}

static JsonNode *
text_to_node (char *text)
{
  JsonNode *node = json_node_alloc ();

  json_node_init_string (node, text);
  g_free (text);

  return node;
}

static JsonNode *
double_to_node (double real, const char *name, GError **error)
{
  if (!isfinite (real))
    {
      g_set_error (error, VLIVE_ERROR, VLIVE_ERROR_INVALID, "JSON cannot hold %s (%s)",
                   isnan (real) ? "NaN" : "infinity", name);
      return NULL;
    }

  return json_node_init_double (json_node_alloc (), real);
}

static JsonNode *
value_to_node (const VliveValue *value, const char *name, GError **error)
{
  switch (value->type)
    {
    case VLIVE_VALUE_BOOLEAN:
      return json_node_init_boolean (json_node_alloc (), value->boolean);
    case VLIVE_VALUE_INTEGER:
      return json_node_init_int (json_node_alloc (), value->integer);
    case VLIVE_VALUE_DOUBLE:
      return double_to_node (value->real, name, error);
    case VLIVE_VALUE_TEXT:
    case VLIVE_VALUE_BYTES:
      return text_to_node (_vlive_value_to_text (value));
    case VLIVE_VALUE_JSON:
      return _vlive_json_parse (value->text, value->len, NULL, error);
    case VLIVE_VALUE_MISSING:
    case VLIVE_VALUE_NULL:
    case VLIVE_VALUE_MIXED:
    default:
      return json_node_init_null (json_node_alloc ());
    }
}

/**
 * vlive_record_to_json:
 * @self: a record
 * @error: return location
 *
 * Converts the fields to a JSON object, in their order. Nested values are
 * parsed back, bytes are base64. JSON has no NaN and no infinity: a record
 * with one of them is refused. The id is not part of it, but for the column
 * that holds it.
 *
 * Returns: (transfer full): a node that holds an object, or %NULL with @error
 *   set
 *
 * Since: 0.1
 */
JsonNode *
vlive_record_to_json (VliveRecord *self, GError **error)
{
  g_autoptr (JsonObject) object = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  object = json_object_new ();
  for (guint i = 0; i < _vlive_layout_get_n_names (self->layout); i++)
    {
      const char *name = _vlive_layout_get_name (self->layout, i);
      JsonNode *node;
      VliveValue value;

      _vlive_record_peek (self, i, &value);
      if (value.type == VLIVE_VALUE_MISSING)
        continue;
      node = value_to_node (&value, name, error);
      if (node == NULL)
        return NULL;
      json_object_set_member (object, name, node);
    }

  return json_node_init_object (json_node_alloc (), object);
}
