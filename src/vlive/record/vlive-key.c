/* vlive-key.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "record/vlive-query-private.h"

#include <string.h>

#define DIGEST_SIZE 32

/* Parts are C strings: a zero ends each and occurs in none. So the last byte
 * of a whole key is 0, and that of a cut one is 1. */
GBytes *
_vlive_key_from_parts (gsize max_len, const char *const *parts, gsize n_parts)
{
  GByteArray *key = g_byte_array_new ();
  g_autoptr (GChecksum) checksum = NULL;
  guint8 digest[DIGEST_SIZE];
  gsize size = sizeof digest;

  g_assert (max_len > DIGEST_SIZE);

  for (gsize i = 0; i < n_parts; i++)
    g_byte_array_append (key, (const guint8 *) parts[i], (guint) strlen (parts[i]) + 1);
  if (key->len <= max_len)
    return g_byte_array_free_to_bytes (key);

  checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_checksum_update (checksum, key->data, key->len);
  g_checksum_get_digest (checksum, digest, &size);
  g_byte_array_set_size (key, (guint) (max_len - DIGEST_SIZE - 1));
  g_byte_array_append (key, digest, DIGEST_SIZE);
  g_byte_array_append (key, (const guint8 *) "\1", 1);

  return g_byte_array_free_to_bytes (key);
}
