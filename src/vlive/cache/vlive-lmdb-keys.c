/* vlive-lmdb-keys.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "cache/vlive-lmdb-codec-private.h"

#define NUMBER_SIZE 8
#define PLACE_SIZE 12 /* limit and offset */

const char *const _vlive_lmdb_databases[VLIVE_N_LMDB_DBS + 1] = {
  [VLIVE_DB_SPACES] = "spaces",   [VLIVE_DB_GENERATIONS] = "generations",
  [VLIVE_DB_QUERIES] = "queries", [VLIVE_DB_PAGES] = "pages",
  [VLIVE_DB_LEAVES] = "leaves",   [VLIVE_DB_LAYOUTS] = "layouts",
  [VLIVE_DB_ENTRIES] = "entries", [VLIVE_DB_CHANGES] = "changes",
  [VLIVE_DB_RECORDS] = "records", [VLIVE_DB_SCHEMAS] = "schemas",
  [VLIVE_DB_AGES] = "ages",       [VLIVE_DB_USES] = "uses",
  [VLIVE_DB_META] = "meta",       [VLIVE_N_LMDB_DBS] = NULL,
};

static void
store_number (guint8 *to, guint64 number)
{
  number = GUINT64_TO_BE (number);
  memcpy (to, &number, sizeof number);
}

GBytes *
_vlive_lmdb_space_key (const char *ns)
{
  return _vlive_key_from_parts (VLIVE_LMDB_KEY_SIZE, &ns, 1);
}

/* The generation, and the part in what room there is. */
static GBytes *
key_from_part (guint64 generation, const char *part, gsize reserved)
{
  g_autoptr (GBytes) bytes =
      _vlive_key_from_parts (VLIVE_LMDB_KEY_SIZE - NUMBER_SIZE - reserved, &part, 1);
  gsize size;
  gconstpointer data = g_bytes_get_data (bytes, &size);
  guint8 *key = g_malloc (NUMBER_SIZE + size);

  store_number (key, generation);
  memcpy (key + NUMBER_SIZE, data, size);

  return g_bytes_new_take (key, NUMBER_SIZE + size);
}

GBytes *
_vlive_lmdb_query_key (guint64 generation, VliveQuery *query)
{
  return key_from_part (generation, vlive_query_get_key (query), PLACE_SIZE);
}

GBytes *
_vlive_lmdb_page_key (GBytes *query_key, guint64 offset, guint limit)
{
  guint32 limit_be = GUINT32_TO_BE (limit);
  gsize size;
  gconstpointer data = g_bytes_get_data (query_key, &size);
  guint8 *key = g_malloc (size + PLACE_SIZE);

  memcpy (key, data, size);
  memcpy (key + size, &limit_be, sizeof limit_be);
  store_number (key + size + sizeof limit_be, offset);

  return g_bytes_new_take (key, size + PLACE_SIZE);
}

VliveSpan
_vlive_lmdb_page_key_query (VliveSpan page_key)
{
  g_assert (page_key.size > PLACE_SIZE);

  return VLIVE_SPAN (page_key.data, page_key.size - PLACE_SIZE);
}

GBytes *
_vlive_lmdb_id_key (guint64 generation, const char *id)
{
  return key_from_part (generation, id, 0);
}

VliveSpan
_vlive_lmdb_number_key (guint8 buffer[24], const guint64 *numbers, guint n_numbers)
{
  g_assert (n_numbers <= 3);

  for (guint i = 0; i < n_numbers; i++)
    store_number (buffer + i * NUMBER_SIZE, numbers[i]);

  return VLIVE_SPAN (buffer, n_numbers * NUMBER_SIZE);
}

VliveSpan
_vlive_lmdb_leaf_key (guint8 buffer[24],
                      guint64 generation,
                      guint64 number,
                      guint index)
{
  guint32 index_be = GUINT32_TO_BE (index);

  store_number (buffer, generation);
  store_number (buffer + NUMBER_SIZE, number);
  memcpy (buffer + 2 * NUMBER_SIZE, &index_be, sizeof index_be);

  return VLIVE_SPAN (buffer, 2 * NUMBER_SIZE + sizeof index_be);
}

guint64
_vlive_lmdb_key_get_number (VliveSpan key, guint index)
{
  guint64 number;

  if (key.size < (index + 1) * NUMBER_SIZE)
    return 0;

  memcpy (&number, key.data + index * NUMBER_SIZE, sizeof number);

  return GUINT64_FROM_BE (number);
}
