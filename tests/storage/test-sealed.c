/* test-sealed.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "storage-fixture.h"

/* A value that fails its checksum is not there; the storage says so once. */
static gboolean
spoil_job (VliveTxn *txn, gpointer data, GError **error)
{
  const char *key = data;
  VliveSpan value;
  guint8 *room;
  g_autofree guint8 *copy = NULL;

  g_assert_true (_vlive_txn_get (txn, 0, SPAN (key), &value));
  copy = g_memdup2 (value.data, value.size);
  room = _vlive_txn_reserve (txn, 0, SPAN (key), value.size);
  memcpy (room, copy, value.size);
  room[value.size - 1] ^= 1;

  return TRUE;
}

static gboolean
sealed_job (VliveTxn *txn, gpointer data, GError **error)
{
  VliveSpan value;

  g_assert_cmpuint (_vlive_txn_n_corrupt (txn), ==, 0);
  g_assert_true (_vlive_txn_get_sealed (txn, 0, SPAN ("good"), &value));
  g_assert_cmpmem (value.data, value.size, "value", 5);
  g_assert_false (_vlive_txn_get_sealed (txn, 0, SPAN ("bad"), &value));
  g_assert_null (value.data);
  g_assert_false (_vlive_txn_get_sealed (txn, 0, SPAN ("bad"), &value));
  g_assert_false (_vlive_txn_get_sealed (txn, 0, SPAN ("missing"), &value));
  g_assert_cmpuint (_vlive_txn_n_corrupt (txn), ==, 2);
  g_assert_false (_vlive_txn_has_failed (txn));

  return TRUE;
}

static void
test_sealed_damaged (void)
{
  g_autofree char *path = test_dup_path ("sealed.mdb");
  g_autoptr (GError) error = NULL;
  char bad[] = "bad";

  for (guint i = 0; i < 2; i++)
    {
      VliveStorage *storage = _vlive_storage_open (path, &test_disposable);

      test_put (storage, "good", "value");
      test_put (storage, "bad", "value");
      g_assert_true (test_write (storage, spoil_job, bad, &error));
      vlive_test_expect ("A value in *sealed.mdb* is damaged and was left out");
      g_assert_true (test_read (storage, sealed_job, NULL, &error));
      g_assert_no_error (error);
      vlive_test_assert_expected ();
      g_assert_true (test_read (storage, sealed_job, NULL, &error));
      g_assert_true (_vlive_storage_read_inline (storage, sealed_job, NULL, &error)
                     || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK));
      g_clear_error (&error);
      test_close (storage);
    }
  vlive_test_assert_all_gone ();
}

typedef struct
{
  char *bytes; /* owned */
  gsize size;
} Sealed;

static gboolean
seal_job (VliveTxn *txn, gpointer data, GError **error)
{
  Sealed *sealed = data;
  VliveSpan value;

  _vlive_txn_put_sealed (txn, 0, SPAN ("a"), VLIVE_SPAN (sealed->bytes, sealed->size));
  g_assert_true (_vlive_txn_get (txn, 0, SPAN ("a"), &value));
  g_free (sealed->bytes);
  sealed->bytes = g_memdup2 (value.data, value.size);
  sealed->size = value.size;

  return TRUE;
}

/* Any bit, any length, and nothing but zeros: none passes for a value. */
static void
test_sealed_any_bit (void)
{
  g_autofree char *path = test_dup_path ("seal.mdb");
  VliveStorage *storage = _vlive_storage_open (path, &test_disposable);
  static const guint8 zeros[100];
  VliveSpan payload;

  for (gsize size = 0; size < 40; size++)
    {
      Sealed sealed = { g_strnfill (size, 'p'), size };
      g_autoptr (GError) error = NULL;
      guint8 seal[VLIVE_SEAL_SIZE];

      g_assert_true (test_write (storage, seal_job, &sealed, &error));
      g_assert_no_error (error);
      g_assert_true (
          _vlive_span_unseal (VLIVE_SPAN (sealed.bytes, sealed.size), &payload));
      g_assert_cmpuint (payload.size, ==, size);
      /* What its writer puts before it is the same; opening it leaves the
       * checksum alone. */
      _vlive_span_seal (payload, seal);
      g_assert_cmpmem (seal, VLIVE_SEAL_SIZE, sealed.bytes, VLIVE_SEAL_SIZE);
      sealed.bytes[0] ^= 1;
      g_assert_true (
          _vlive_span_open (VLIVE_SPAN (sealed.bytes, sealed.size), &payload));
      g_assert_cmpuint (payload.size, ==, size);
      g_assert_false (
          _vlive_span_open (VLIVE_SPAN (sealed.bytes, sealed.size - 1), &payload));
      g_assert_null (payload.data);
      g_assert_false (_vlive_span_open (VLIVE_SPAN (sealed.bytes, 7), &payload));
      sealed.bytes[0] ^= 1;
      g_assert_true (
          _vlive_span_unseal (VLIVE_SPAN (sealed.bytes, sealed.size), &payload));
      g_assert_cmpuint ((gsize) (payload.data - (guint8 *) sealed.bytes) % 8, ==, 0);
      for (gsize bit = 0; bit < sealed.size * 8; bit++)
        {
          sealed.bytes[bit / 8] ^= (char) (1 << bit % 8);
          g_assert_false (
              _vlive_span_unseal (VLIVE_SPAN (sealed.bytes, sealed.size), &payload));
          g_assert_null (payload.data);
          sealed.bytes[bit / 8] ^= (char) (1 << bit % 8);
        }
      for (gsize cut = 0; cut < sealed.size; cut++)
        g_assert_false (_vlive_span_unseal (VLIVE_SPAN (sealed.bytes, cut), &payload));
      g_assert_false (_vlive_span_unseal (VLIVE_SPAN (zeros, size), &payload));
      g_free (sealed.bytes);
    }
  test_close (storage);
  vlive_test_assert_all_gone ();
}

int
main (int argc, char **argv)
{
  vlive_test_init (&argc, &argv);

  g_test_add_func ("/sealed/damaged", test_sealed_damaged);
  g_test_add_func ("/sealed/any-bit", test_sealed_any_bit);

  return vlive_test_run ();
}
