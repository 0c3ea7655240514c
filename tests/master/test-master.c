/* test-master.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "master-sync.h"

/* The least that a master can be: it answers for single records, later, and
 * knows how many answers it owed at once. */
#define TEST_TYPE_MASTER (test_master_get_type ())
G_DECLARE_FINAL_TYPE (TestMaster, test_master, TEST, MASTER, GObject)

struct _TestMaster
{
  GObject parent_instance;
  VliveDescription *description; /* owned, nullable */
  guint n_flying;
  guint most_flying;
  guint n_calls;
  const char *broken_id; /* fails */
};

enum
{
  PROP_DESCRIPTION = 1
};

static const char *
test_get_name (VliveMaster *master)
{
  return "tests";
}

static VliveDescription *
test_get_description (VliveMaster *master)
{
  return TEST_MASTER (master)->description;
}

static gboolean
answer_cb (gpointer data)
{
  GTask *task = data;
  TestMaster *self = g_task_get_source_object (task);
  const char *id = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  self->n_flying--;
  if (g_strcmp0 (id, self->broken_id) == 0)
    g_task_return_new_error (task, VLIVE_ERROR, VLIVE_ERROR_SERVER, "%s is broken", id);
  else if (id[0] == 'x')
    g_task_return_new_error (task, VLIVE_ERROR, VLIVE_ERROR_NOT_FOUND, "no %s", id);
  else
    g_task_return_pointer (
        task,
        vlive_record_new_from_variant (id, g_variant_new_parsed ("{'a': <1>}"), &error),
        (GDestroyNotify) vlive_record_unref);

  return G_SOURCE_REMOVE;
}

static void
test_fetch_record_async (VliveMaster *master,
                         const char *id,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  TestMaster *self = TEST_MASTER (master);
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_task_data (task, g_strdup (id), g_free);
  self->n_calls++;
  self->n_flying++;
  self->most_flying = MAX (self->most_flying, self->n_flying);
  g_timeout_add_full (0, 1, answer_cb, task, g_object_unref);
}

static VliveRecord *
test_fetch_record_finish (VliveMaster *master, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
unreached_fetch_window_async (VliveMaster *master,
                              VliveQuery *query,
                              guint64 offset,
                              guint limit,
                              const char *validator,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_assert_not_reached ();
}

static void
iface_init (VliveMasterInterface *iface)
{
  iface->get_name = test_get_name;
  iface->get_description = test_get_description;
  iface->fetch_record_async = test_fetch_record_async;
  iface->fetch_record_finish = test_fetch_record_finish;
  iface->fetch_window_async = unreached_fetch_window_async;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (TestMaster,
                               test_master,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (VLIVE_TYPE_MASTER, iface_init))

static void
test_master_get_property (GObject *object,
                          guint prop_id,
                          GValue *value,
                          GParamSpec *pspec)
{
  g_value_set_boxed (value, TEST_MASTER (object)->description);
}

static void
test_master_finalize (GObject *object)
{
  g_clear_pointer (&TEST_MASTER (object)->description, vlive_description_unref);
  G_OBJECT_CLASS (test_master_parent_class)->finalize (object);
}

static void
test_master_class_init (TestMasterClass *klass)
{
  G_OBJECT_CLASS (klass)->get_property = test_master_get_property;
  G_OBJECT_CLASS (klass)->finalize = test_master_finalize;
  g_object_class_override_property (G_OBJECT_CLASS (klass), PROP_DESCRIPTION,
                                    "description");
}

static void
test_master_init (TestMaster *self)
{
}

static TestMaster *
master_new (VliveCapabilities capabilities)
{
  TestMaster *self = g_object_new (TEST_TYPE_MASTER, NULL);

  self->description = vlive_description_new (NULL, capabilities, 0, 0);

  return self;
}

/* Those that exist, in the order that was asked for, four at a time. */
static void
test_fetch_many (void)
{
  static const char *const ids[] = { "1", "2", "x",  "3", "4", "5", "6",
                                     "7", "8", "xx", "9", "1", NULL };
  static const char *const none[] = { NULL };
  TestMaster *self = master_new (VLIVE_CAN_GET);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) found = sync_fetch_records (VLIVE_MASTER (self), ids, &error);
  g_autoptr (GPtrArray) nothing = NULL;

  g_assert_no_error (error);
  g_assert_cmpuint (found->len, ==, 10);
  for (guint i = 0; i < 9; i++)
    {
      g_autofree char *id = g_strdup_printf ("%u", i + 1);

      g_assert_cmpstr (vlive_record_get_id (found->pdata[i]), ==, id);
    }
  g_assert_cmpuint (self->n_calls, ==, 12);
  g_assert_cmpuint (self->most_flying, ==, 4);
  nothing = sync_fetch_records (VLIVE_MASTER (self), none, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (nothing->len, ==, 0);
  vlive_test_turn ();
  g_assert_finalize_object (self);
}

/* One that fails ends it all: half of a list would be a lie. */
static void
test_fetch_many_fails (void)
{
  static const char *const ids[] = {
    "1", "2", "3", "4", "5", "6", "7", "8", "9", NULL
  };
  TestMaster *self = master_new (VLIVE_CAN_GET);
  g_autoptr (GError) error = NULL;

  self->broken_id = "2";
  g_assert_null (sync_fetch_records (VLIVE_MASTER (self), ids, &error));
  assert_error_says (error, VLIVE_ERROR_SERVER, "2 is broken");
  g_assert_cmpuint (self->n_calls, <, 9);
  g_assert_cmpuint (self->n_flying, ==, 0);
  vlive_test_turn ();
  g_assert_finalize_object (self);
}

static void
test_fetch_many_cancelled (void)
{
  static const char *const ids[] = {
    "1", "2", "3", "4", "5", "6", "7", "8", "9", NULL
  };
  TestMaster *self = master_new (VLIVE_CAN_GET);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  vlive_master_fetch_records_async (VLIVE_MASTER (self), ids, cancellable,
                                    vlive_test_result_cb, &result);
  g_cancellable_cancel (cancellable);
  VLIVE_TEST_WAIT (result != NULL);
  g_assert_null (
      vlive_master_fetch_records_finish (VLIVE_MASTER (self), result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (self->n_calls, ==, 4);
  g_clear_object (&result);
  vlive_test_turn ();
  g_assert_finalize_object (self);
}

/* What is not advertised is refused before the master is asked. */
static void
test_refused (void)
{
  static const char *const ids[] = { "1", NULL };
  TestMaster *self = master_new (0);
  VliveMaster *master = VLIVE_MASTER (self);
  g_autoptr (VliveQuery) everything = vlive_query_new ();
  g_autoptr (VliveQuery) sort = vlive_query_with_sort (everything, "a", FALSE);
  GError *error = NULL;

  g_assert_null (sync_fetch_window (master, sort, 0, 10, NULL, NULL, &error));
  assert_error_says (error, VLIVE_ERROR_UNSUPPORTED, "*cannot be sorted*");
  g_clear_error (&error);
  g_assert_null (sync_fetch_record (master, "1", &error));
  assert_error_says (error, VLIVE_ERROR_UNSUPPORTED,
                     "“tests” does not answer for single records");
  g_clear_error (&error);
  g_assert_null (sync_fetch_records (master, ids, &error));
  assert_error_says (error, VLIVE_ERROR_UNSUPPORTED,
                     "“tests” does not answer for single records");
  g_clear_error (&error);
  g_assert_cmpuint (self->n_calls, ==, 0);
  g_assert_finalize_object (self);
}

/* Calls that the master does not have, though it says so. */
static void
test_no_such_call (void)
{
  TestMaster *self = master_new (VLIVE_CAN_COUNT | VLIVE_CAN_PATCH | VLIVE_CAN_DELETE
                                 | VLIVE_CAN_CLEAR);
  VliveMaster *master = VLIVE_MASTER (self);
  guint64 number = 7;
  GError *error = NULL;

  g_assert_cmpint (sync_count (master, NULL, &number, &error), ==, VLIVE_TOTAL_UNKNOWN);
  assert_error_says (error, VLIVE_ERROR_UNSUPPORTED, "“tests” cannot be counted");
  g_assert_cmpuint (number, ==, 0);
  g_clear_error (&error);
  g_assert_null (sync_write (master, VLIVE_WRITE_PATCH, "1",
                             g_variant_new_parsed ("{'a': <1>}"), &error));
  assert_error_says (error, VLIVE_ERROR_UNSUPPORTED, "“tests” cannot be written to");
  g_clear_error (&error);
  number = 7;
  g_assert_false (vlive_master_peek_sequence (master, &number));
  g_assert_cmpuint (number, ==, 0);
  g_assert_false (vlive_master_peek_sequence (master, NULL));
  g_assert_finalize_object (self);
}

/* A result comes back to its callback later, even when it was known at once. */
static void
test_refusal_is_not_inside (void)
{
  TestMaster *self = master_new (0);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  vlive_master_fetch_record_async (VLIVE_MASTER (self), "1", NULL, vlive_test_result_cb,
                                   &result);
  g_assert_null (result);
  VLIVE_TEST_WAIT (result != NULL);
  g_assert_null (
      vlive_master_fetch_record_finish (VLIVE_MASTER (self), result, &error));
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_UNSUPPORTED);
  g_clear_object (&result);
  g_assert_finalize_object (self);
}

int
main (int argc, char **argv)
{
  int result;

  vlive_test_init (&argc, &argv);
  g_test_add_func ("/master/fetch-many", test_fetch_many);
  g_test_add_func ("/master/fetch-many-fails", test_fetch_many_fails);
  g_test_add_func ("/master/fetch-many-cancelled", test_fetch_many_cancelled);
  g_test_add_func ("/master/refused", test_refused);
  g_test_add_func ("/master/no-such-call", test_no_such_call);
  g_test_add_func ("/master/refusal-is-not-inside", test_refusal_is_not_inside);
  result = vlive_test_run ();
  vlive_test_assert_all_gone ();

  return result;
}
