/* master-sync.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "master-sync.h"

VliveDescription *
sync_describe (VliveMaster *master, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  vlive_master_describe_async (master, NULL, vlive_test_result_cb, &result);
  VLIVE_TEST_WAIT (result != NULL);

  return vlive_master_describe_finish (master, result, error);
}

VlivePage *
sync_fetch_window (VliveMaster *master,
                   VliveQuery *query,
                   guint64 offset,
                   guint limit,
                   const char *validator,
                   GCancellable *cancellable,
                   GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (VliveQuery) everything = query == NULL ? vlive_query_new () : NULL;

  vlive_master_fetch_window_async (master, query != NULL ? query : everything, offset,
                                   limit, validator, cancellable, vlive_test_result_cb,
                                   &result);
  VLIVE_TEST_WAIT (result != NULL);

  return vlive_master_fetch_window_finish (master, result, error);
}

VliveRecord *
sync_fetch_record (VliveMaster *master, const char *id, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  vlive_master_fetch_record_async (master, id, NULL, vlive_test_result_cb, &result);
  VLIVE_TEST_WAIT (result != NULL);

  return vlive_master_fetch_record_finish (master, result, error);
}

GPtrArray *
sync_fetch_records (VliveMaster *master, const char *const *ids, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  vlive_master_fetch_records_async (master, ids, NULL, vlive_test_result_cb, &result);
  VLIVE_TEST_WAIT (result != NULL);

  return vlive_master_fetch_records_finish (master, result, error);
}

VliveTotalKind
sync_count (VliveMaster *master, VliveQuery *query, guint64 *total, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (VliveQuery) everything = query == NULL ? vlive_query_new () : NULL;

  vlive_master_count_async (master, query != NULL ? query : everything, NULL,
                            vlive_test_result_cb, &result);
  VLIVE_TEST_WAIT (result != NULL);

  return vlive_master_count_finish (master, result, total, error);
}

VliveReply *
sync_apply (VliveMaster *master, VliveWrite *write, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  vlive_master_apply_async (master, write, NULL, vlive_test_result_cb, &result);
  VLIVE_TEST_WAIT (result != NULL);

  return vlive_master_apply_finish (master, result, error);
}

VliveReply *
sync_write (VliveMaster *master,
            VliveWriteOp op,
            const char *id,
            GVariant *fields,
            GError **error)
{
  g_autoptr (VliveRecord) record = NULL;
  g_autoptr (VliveWrite) write = NULL;

  if (fields != NULL)
    record = vlive_record_new_from_variant (id != NULL ? id : "", fields, error);
  g_assert_true (fields == NULL || record != NULL);
  write = vlive_write_new (op, id, record);

  return sync_apply (master, write, error);
}

char *
page_to_ids (VlivePage *page)
{
  g_autoptr (GString) ids = g_string_new (NULL);

  for (guint i = 0; i < vlive_page_get_n_records (page); i++)
    g_string_append_printf (ids, "%s%s", i > 0 ? "," : "",
                            vlive_record_get_id (vlive_page_get_record (page, i)));

  return g_string_free (g_steal_pointer (&ids), FALSE);
}

void
assert_error_says (GError *error, int code, const char *pattern)
{
  g_assert_nonnull (error);
  if (error->domain != VLIVE_ERROR || error->code != code
      || !g_pattern_match_simple (pattern, error->message))
    g_error ("Got (%s, %d) “%s”, wanted %d “%s”", g_quark_to_string (error->domain),
             error->code, error->message, code, pattern);
}
