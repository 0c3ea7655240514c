/* test-scripted-master.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "master-sync.h"

#include "master/vlive-scripted-master-private.h"

/* A master of a hundred rows, in a time that stands still. */
typedef struct
{
  VliveClock *clock;
  VliveScriptedMaster *scripted;
  VliveMaster *master; /* the same */
} Fixture;

static void
set_up_rows (Fixture *f, guint64 n_rows, guint seed)
{
  f->clock = _vlive_clock_new_manual (G_USEC_PER_SEC, 2 * G_USEC_PER_SEC);
  f->scripted = vlive_scripted_master_new ("demo", n_rows, seed);
  f->master = VLIVE_MASTER (f->scripted);
  _vlive_scripted_master_set_clock (f->scripted, f->clock);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  set_up_rows (f, 100, 1);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  vlive_test_turn ();
  g_assert_finalize_object (f->scripted);
  g_assert_finalize_object (f->clock);
}

static void
advance (Fixture *f, guint ms)
{
  _vlive_clock_advance (f->clock, (gint64) ms * 1000);
}

static gboolean
can (Fixture *f, VliveCapabilities capability)
{
  VliveDescription *description = vlive_master_get_description (f->master);

  return (vlive_description_get_capabilities (description) & capability) != 0;
}

/* The ids of a window, or the code of the error. */
static char *
read_ids (Fixture *f, VliveQuery *query, guint64 offset, guint limit)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VlivePage) page =
      sync_fetch_window (f->master, query, offset, limit, NULL, NULL, &error);

  if (page == NULL)
    return g_strdup_printf ("error %d", error->code);

  return page_to_ids (page);
}

static void
assert_ids (Fixture *f, VliveQuery *query, guint64 offset, guint limit, const char *ids)
{
  g_autofree char *found = read_ids (f, query, offset, limit);

  g_assert_cmpstr (found, ==, ids);
}

static void
assert_fails (Fixture *f,
              VliveQuery *query,
              guint64 offset,
              guint limit,
              int code,
              const char *pattern)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VlivePage) page =
      sync_fetch_window (f->master, query, offset, limit, NULL, NULL, &error);

  g_assert_null (page);
  assert_error_says (error, code, pattern);
}

static VliveTotalKind
read_total (Fixture *f, guint64 offset, guint limit, guint64 *total)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VlivePage) page =
      sync_fetch_window (f->master, NULL, offset, limit, NULL, NULL, &error);

  g_assert_no_error (error);

  return vlive_page_get_total (page, total);
}

static VliveQuery *
sorted_by (const char *column, gboolean descending)
{
  g_autoptr (VliveQuery) everything = vlive_query_new ();

  return vlive_query_with_sort (everything, column, descending);
}

static VliveQuery *
where (const char *column, VliveOperator op, GVariant *value)
{
  g_autoptr (VliveQuery) everything = vlive_query_new ();
  g_autoptr (GError) error = NULL;
  VliveQuery *query =
      vlive_query_with_condition (everything, column, op, value, &error);

  g_assert_no_error (error);

  return query;
}

static VliveRecord *
patch_new (const char *text)
{
  g_autoptr (GError) error = NULL;
  VliveRecord *record =
      vlive_record_new_from_variant ("", g_variant_new_parsed (text), &error);

  g_assert_no_error (error);

  return record;
}

/* --- calls --- */

typedef struct
{
  GString *order; /* "2 0 1 " */
  guint index;
  guint code; /* of the error; G_MAXUINT: none */
  gboolean done;
} Answer;

static void
answered_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Answer *answer = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (VlivePage) page =
      vlive_master_fetch_window_finish (VLIVE_MASTER (source), result, &error);

  answer->done = TRUE;
  answer->code = page == NULL ? (guint) error->code : G_MAXUINT;
  g_string_append_printf (answer->order, "%u ", answer->index);
}

static void
test_latency (Fixture *f, gconstpointer data)
{
  g_autoptr (GString) order = g_string_new (NULL);
  g_autoptr (VliveQuery) everything = vlive_query_new ();
  Answer answer = { .order = order };

  vlive_scripted_master_set_latency (f->scripted, 100, 100);
  vlive_master_fetch_window_async (f->master, everything, 0, 10, NULL, NULL,
                                   answered_cb, &answer);
  advance (f, 99);
  vlive_test_turn ();
  g_assert_false (answer.done);
  advance (f, 1);
  VLIVE_TEST_WAIT (answer.done);
  g_assert_cmpuint (answer.code, ==, G_MAXUINT);
}

/* The rows are those of the moment in the middle. */
static void
test_latency_halves (Fixture *f, gconstpointer data)
{
  g_autoptr (VliveQuery) everything = vlive_query_new ();

  vlive_scripted_master_set_latency (f->scripted, 100, 100);
  for (guint ms = 49; ms <= 51; ms += 2)
    {
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (GError) error = NULL;
      g_autoptr (VlivePage) page = NULL;
      g_autofree char *id = NULL;
      const char *first;

      vlive_master_fetch_window_async (f->master, everything, 0, 1, NULL, NULL,
                                       vlive_test_result_cb, &result);
      advance (f, ms);
      id = g_strdup (ms < 50 ? "1" : "2");
      g_assert_true (vlive_scripted_master_delete_elsewhere (f->scripted, id, &error));
      advance (f, 100);
      VLIVE_TEST_WAIT (result != NULL);
      page = vlive_master_fetch_window_finish (f->master, result, &error);
      g_assert_no_error (error);
      /* Deleted before it was there: gone; after: still shown. */
      first = vlive_record_get_id (vlive_page_get_record (page, 0));
      g_assert_cmpstr (first, ==, "2");
    }
}

/* The order in which 40 answers come. */
static char *
dup_answer_order (guint seed)
{
  Fixture f;
  g_autoptr (GString) order = g_string_new (NULL);
  g_autoptr (VliveQuery) everything = vlive_query_new ();
  Answer answers[40] = { 0 };

  set_up_rows (&f, 100, seed);
  vlive_scripted_master_set_latency (f.scripted, 10, 1000);
  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      answers[i].order = order;
      answers[i].index = i;
      vlive_master_fetch_window_async (f.master, everything, 0, 10, NULL, NULL,
                                       answered_cb, &answers[i]);
    }
  g_assert_cmpuint (_vlive_scripted_master_get_counts (f.scripted)->n_in_flight, ==,
                    40);
  for (guint ms = 0; ms < 1000; ms++)
    {
      advance (&f, 1);
      if (ms < 9)
        g_assert_cmpuint (order->len, ==, 0);
      while (g_main_context_iteration (NULL, FALSE))
        ;
    }
  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    g_assert_true (answers[i].done);
  g_assert_cmpuint (_vlive_scripted_master_get_counts (f.scripted)->n_in_flight, ==, 0);
  tear_down (&f, NULL);

  return g_string_free (g_steal_pointer (&order), FALSE);
}

static void
test_latency_spread (void)
{
  g_autofree char *one = dup_answer_order (1);
  g_autofree char *again = dup_answer_order (1);
  g_autofree char *other = dup_answer_order (2);

  g_assert_false (g_str_has_prefix (one, "0 1 2 3 4 5 6 7 8 9 "));
  g_assert_cmpstr (one, ==, again);
  g_assert_cmpstr (one, !=, other);
}

/* "..x.x": which of many reads fail. */
static char *
dup_failures (guint seed, double rate)
{
  Fixture f;
  GString *text = g_string_new (NULL);

  set_up_rows (&f, 10, seed);
  vlive_scripted_master_set_error_rate (f.scripted, rate);
  vlive_scripted_master_set_error_code (f.scripted, VLIVE_ERROR_BUSY);
  for (guint i = 0; i < 400; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (VliveRecord) record = sync_fetch_record (f.master, "1", &error);

      if (record == NULL)
        g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_BUSY);
      g_string_append_c (text, record != NULL ? '.' : 'x');
    }
  tear_down (&f, NULL);

  return g_string_free (text, FALSE);
}

static guint
count_failures (const char *text)
{
  guint n = 0;

  for (; *text != '\0'; text++)
    n += *text == 'x';

  return n;
}

static void
test_error_rate (void)
{
  g_autofree char *never = dup_failures (1, 0);
  g_autofree char *often = dup_failures (1, 0.25);
  g_autofree char *again = dup_failures (1, 0.25);
  g_autofree char *other = dup_failures (2, 0.25);
  g_autofree char *always = dup_failures (1, 1);

  g_assert_cmpuint (count_failures (never), ==, 0);
  g_assert_cmpuint (count_failures (often), >, 60);
  g_assert_cmpuint (count_failures (often), <, 140);
  g_assert_cmpuint (count_failures (always), ==, 400);
  g_assert_cmpstr (often, ==, again);
  g_assert_cmpstr (often, !=, other);
}

static void
test_fail_next (Fixture *f, gconstpointer data)
{
  vlive_scripted_master_fail_next (f->scripted, 2, VLIVE_ERROR_TIMEOUT);
  assert_fails (f, NULL, 0, 3, VLIVE_ERROR_TIMEOUT, "*told to*");
  assert_fails (f, NULL, 0, 3, VLIVE_ERROR_TIMEOUT, "*told to*");
  assert_ids (f, NULL, 0, 3, "1,2,3");
}

static void
up_cb (VliveLiveStream *stream, gboolean resumed, GString *log)
{
  g_string_append (log, resumed ? "resumed " : "up ");
}

static void
test_offline (Fixture *f, gconstpointer data)
{
  VliveLiveStream *stream = vlive_scripted_master_get_live_stream (f->scripted);
  g_autoptr (GString) log = g_string_new (NULL);
  g_autoptr (GString) order = g_string_new (NULL);
  g_autoptr (VliveQuery) everything = vlive_query_new ();
  Answer answer = { .order = order };

  g_signal_connect (stream, "up", G_CALLBACK (up_cb), log);
  vlive_live_stream_start (stream);
  vlive_scripted_master_set_offline (f->scripted, TRUE);
  g_assert_cmpint (vlive_live_stream_get_state (stream), ==, VLIVE_STREAM_WAITING);
  assert_fails (f, NULL, 0, 3, VLIVE_ERROR_OFFLINE, "*offline*");
  vlive_scripted_master_set_offline (f->scripted, FALSE);
  assert_ids (f, NULL, 0, 3, "1,2,3");
  g_assert_cmpstr (log->str, ==, "up up ");

  /* What is on its way is lost with the way. */
  vlive_scripted_master_set_latency (f->scripted, 100, 100);
  for (guint ms = 30; ms < 100; ms += 40)
    {
      answer.done = FALSE;
      vlive_master_fetch_window_async (f->master, everything, 0, 10, NULL, NULL,
                                       answered_cb, &answer);
      advance (f, ms);
      vlive_scripted_master_set_offline (f->scripted, TRUE);
      advance (f, 100);
      VLIVE_TEST_WAIT (answer.done);
      g_assert_cmpuint (answer.code, ==, VLIVE_ERROR_OFFLINE);
      vlive_scripted_master_set_offline (f->scripted, FALSE);
    }
  vlive_live_stream_stop (stream);
  g_signal_handlers_disconnect_by_data (stream, log);
}

static void
test_offline_windows (Fixture *f, gconstpointer data)
{
  VliveLiveStream *stream = vlive_scripted_master_get_live_stream (f->scripted);
  g_autoptr (GVariant) windows = NULL;

  vlive_live_stream_start (stream);
  vlive_scripted_master_set_offline_windows (
      f->scripted, g_variant_new_parsed ("[(uint32 100, uint32 200), (300, 400)]"));
  g_object_get (f->scripted, "offline-windows", &windows, NULL);
  g_assert_cmpuint (g_variant_n_children (windows), ==, 2);
  for (guint ms = 0; ms < 500; ms += 50)
    {
      gboolean offline = (ms >= 100 && ms < 200) || (ms >= 300 && ms < 400);

      if (offline)
        assert_fails (f, NULL, 0, 3, VLIVE_ERROR_OFFLINE, "*offline*");
      else
        assert_ids (f, NULL, 0, 3, "1,2,3");
      g_assert_cmpint (vlive_live_stream_get_state (stream), ==,
                       offline ? VLIVE_STREAM_WAITING : VLIVE_STREAM_LIVE);
      advance (f, 50);
    }
  vlive_scripted_master_set_offline_windows (f->scripted, NULL);
  vlive_live_stream_stop (stream);
}

/* In whichever state it is, it ends at once. */
static void
test_cancel (Fixture *f, gconstpointer data)
{
  g_autoptr (VliveQuery) everything = vlive_query_new ();

  vlive_scripted_master_set_latency (f->scripted, 1000, 1000);
  for (guint ms = 0; ms < 1000; ms += 300)
    {
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (GError) error = NULL;

      vlive_master_fetch_window_async (f->master, everything, 0, 10, NULL, cancellable,
                                       vlive_test_result_cb, &result);
      advance (f, ms);
      g_cancellable_cancel (cancellable);
      VLIVE_TEST_WAIT (result != NULL);
      g_assert_null (vlive_master_fetch_window_finish (f->master, result, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_assert_cmpint (_vlive_census_get (VLIVE_CENSUS_TIMER), ==, 0);
    }
}

/* Nobody else holds it; and it goes when the last call has ended. */
static void
test_kept_alive (void)
{
  Fixture f;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (VlivePage) page = NULL;
  g_autoptr (VliveQuery) everything = vlive_query_new ();
  GWeakRef weak;

  set_up_rows (&f, 100, 1);
  g_weak_ref_init (&weak, f.master);
  vlive_scripted_master_set_latency (f.scripted, 50, 50);
  vlive_scripted_master_set_change_rate (f.scripted, 10);
  vlive_scripted_master_set_event_delay (f.scripted, 10000);
  vlive_scripted_master_change_randomly (f.scripted);
  vlive_master_fetch_window_async (f.master, everything, 0, 10, NULL, NULL,
                                   vlive_test_result_cb, &result);
  g_object_unref (f.master);
  advance (&f, 50);
  VLIVE_TEST_WAIT (result != NULL);
  page = vlive_master_fetch_window_finish (f.master, result, &error);
  g_assert_no_error (error);
  g_clear_object (&result);
  g_assert_null (g_weak_ref_get (&weak));
  g_weak_ref_clear (&weak);
  g_assert_finalize_object (f.clock);
}

/* --- paging --- */

static void
test_page (Fixture *f, gconstpointer data)
{
  vlive_scripted_master_set_paging (f->scripted, VLIVE_SCRIPTED_PAGING_PAGE);
  g_assert_true (can (f, VLIVE_CAN_PAGE));
  g_assert_false (can (f, VLIVE_CAN_WINDOW | VLIVE_CAN_CURSOR));
  assert_ids (f, NULL, 0, 3, "1,2,3");
  assert_ids (f, NULL, 96, 3, "97,98,99");
  assert_fails (f, NULL, 4, 3, VLIVE_ERROR_UNSUPPORTED, "*whole pages only*at 4");
}

static void
test_cursor (Fixture *f, gconstpointer data)
{
  g_autoptr (VliveQuery) backwards = sorted_by ("number", TRUE);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  vlive_scripted_master_set_paging (f->scripted, VLIVE_SCRIPTED_PAGING_CURSOR);
  g_assert_true (can (f, VLIVE_CAN_CURSOR));
  g_assert_false (can (f, VLIVE_CAN_WINDOW | VLIVE_CAN_PAGE));
  assert_fails (f, NULL, 3, 3, VLIVE_ERROR_UNSUPPORTED,
                "*only the next page after*at 3");
  assert_ids (f, NULL, 0, 3, "1,2,3");
  assert_ids (f, NULL, 3, 2, "4,5");
  assert_ids (f, NULL, 5, 2, "6,7");
  /* Back to where one has been. */
  assert_ids (f, NULL, 3, 4, "4,5,6,7");
  assert_fails (f, NULL, 4, 3, VLIVE_ERROR_UNSUPPORTED, "*at 4");
  assert_fails (f, NULL, 99, 3, VLIVE_ERROR_UNSUPPORTED, "*at 99");
  /* Another query has other ends. */
  assert_fails (f, backwards, 3, 3, VLIVE_ERROR_UNSUPPORTED, "*at 3");
  assert_ids (f, backwards, 0, 4, "100,99,98,97");
  assert_ids (f, backwards, 4, 1, "96");
  assert_fails (f, NULL, 8, 3, VLIVE_ERROR_UNSUPPORTED, "*at 8");
  /* An answer that nobody got has no end. */
  g_cancellable_cancel (cancellable);
  g_assert_null (sync_fetch_window (f->master, NULL, 0, 50, NULL, cancellable, &error));
  assert_fails (f, NULL, 50, 3, VLIVE_ERROR_UNSUPPORTED, "*at 50");
}

static void
test_no_paging (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VlivePage) page = NULL;

  vlive_scripted_master_set_paging (f->scripted, VLIVE_SCRIPTED_PAGING_NONE);
  g_assert_false (can (f, VLIVE_CAN_WINDOW | VLIVE_CAN_PAGE | VLIVE_CAN_CURSOR));
  page = sync_fetch_window (f->master, NULL, 20, 10, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (vlive_page_get_offset (page), ==, 0);
  g_assert_cmpuint (vlive_page_get_limit (page), ==, 0);
  g_assert_cmpuint (vlive_page_get_n_records (page), ==, 100);
}

static void
test_max_page (Fixture *f, gconstpointer data)
{
  guint64 total;

  vlive_scripted_master_set_max_page (f->scripted, 4);
  g_assert_cmpuint (vlive_description_get_max_page (
                        vlive_master_get_description (f->master)),
                    ==, 4);
  assert_ids (f, NULL, 10, 6, "11,12,13,14");
  assert_ids (f, NULL, 10, 3, "11,12,13");
  g_assert_cmpint (read_total (f, 10, 6, &total), ==, VLIVE_TOTAL_EXACT);
  g_assert_cmpuint (total, ==, 100);
  assert_fails (f, NULL, 0, 0, VLIVE_ERROR_UNSUPPORTED, "*at most 4 rows*");
  vlive_scripted_master_set_tells_max_page (f->scripted, FALSE);
  g_assert_cmpuint (vlive_description_get_max_page (
                        vlive_master_get_description (f->master)),
                    ==, 0);
  assert_ids (f, NULL, 0, 0, "1,2,3,4");
}

/* --- totals --- */

static void
test_total_kinds (Fixture *f, gconstpointer data)
{
  guint64 total;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (read_total (f, 0, 10, &total), ==, VLIVE_TOTAL_EXACT);
  g_assert_cmpuint (total, ==, 100);

  vlive_scripted_master_set_total_kind (f->scripted, VLIVE_TOTAL_AT_LEAST);
  g_assert_cmpint (read_total (f, 0, 10, &total), ==, VLIVE_TOTAL_AT_LEAST);
  g_assert_cmpuint (total, ==, 11);
  g_assert_cmpint (read_total (f, 90, 10, &total), ==, VLIVE_TOTAL_AT_LEAST);
  g_assert_cmpuint (total, ==, 100);

  vlive_scripted_master_set_total_kind (f->scripted, VLIVE_TOTAL_ESTIMATED);
  g_assert_cmpint (read_total (f, 0, 10, &total), ==, VLIVE_TOTAL_ESTIMATED);
  g_assert_cmpuint (total, !=, 100);
  g_assert_cmpuint (total, >=, 90);
  g_assert_cmpuint (total, <=, 110);
  g_assert_cmpint (sync_count (f->master, NULL, &total, &error), ==,
                   VLIVE_TOTAL_ESTIMATED);

  vlive_scripted_master_set_total_kind (f->scripted, VLIVE_TOTAL_UNKNOWN);
  g_assert_cmpint (read_total (f, 0, 10, &total), ==, VLIVE_TOTAL_UNKNOWN);
  g_assert_false (can (f, VLIVE_CAN_COUNT));
}

static void
test_total_claimed (Fixture *f, gconstpointer data)
{
  static const struct
  {
    const char *claim;
    VliveTotalKind kind;
    guint64 total;
  } claims[] = {
    { "42", VLIVE_TOTAL_EXACT, 42 },
    { "120", VLIVE_TOTAL_EXACT, 120 },
    { "4294967295", VLIVE_TOTAL_EXACT, G_MAXUINT32 },
    { "-1", VLIVE_TOTAL_UNKNOWN, 0 },
    { "many", VLIVE_TOTAL_UNKNOWN, 0 },
    { "", VLIVE_TOTAL_UNKNOWN, 0 },
    { "99999999999999999999", VLIVE_TOTAL_UNKNOWN, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (claims); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (VlivePage) page = NULL;
      guint64 total;

      vlive_scripted_master_set_claimed_total (f->scripted, claims[i].claim);
      page = sync_fetch_window (f->master, NULL, 0, 5, NULL, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (vlive_page_get_n_records (page), ==, 5);
      g_assert_cmpint (vlive_page_get_total (page, &total), ==, claims[i].kind);
      g_assert_cmpuint (total, ==, claims[i].total);
      /* What makes no sense is said. */
      g_assert_true ((vlive_page_get_diagnostics (page) != NULL)
                     == (claims[i].kind == VLIVE_TOTAL_UNKNOWN));
      g_assert_true (can (f, VLIVE_CAN_COUNT) == (claims[i].kind == VLIVE_TOTAL_EXACT));
    }
  vlive_scripted_master_set_claimed_total (f->scripted, NULL);
  assert_ids (f, NULL, 98, 10, "99,100");
}

/* --- what it is like --- */

static void
test_capabilities (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VliveQuery) query = sorted_by ("price", FALSE);
  VliveCapabilities all;

  g_object_get (f->scripted, "capabilities", &all, NULL);
  g_assert_true (can (f, VLIVE_CAN_DELETE));
  g_assert_false (can (f, VLIVE_CAN_CHECK_WRITES));
  vlive_scripted_master_set_capabilities (
      f->scripted,
      (VliveCapabilities) (all & ~(guint) (VLIVE_CAN_DELETE | VLIVE_CAN_SORT)));
  g_assert_null (sync_write (f->master, VLIVE_WRITE_DELETE, "1", NULL, &error));
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_UNSUPPORTED);
  assert_fails (f, query, 0, 3, VLIVE_ERROR_UNSUPPORTED, "*cannot be sorted*");
  g_assert_true (can (f, VLIVE_CAN_WINDOW));
  vlive_scripted_master_set_capabilities (f->scripted, all);
  g_assert_true (can (f, VLIVE_CAN_DELETE));
}

static VlivePage *
read_if_modified (Fixture *f, const char *validator)
{
  g_autoptr (GError) error = NULL;
  VlivePage *page = sync_fetch_window (f->master, NULL, 0, 5, validator, NULL, &error);

  g_assert_no_error (error);

  return page;
}

static void
test_conditional (Fixture *f, gconstpointer data)
{
  g_autoptr (VlivePage) page = read_if_modified (f, NULL);
  g_autofree char *validator = g_strdup (vlive_page_get_validator (page));
  g_autoptr (VlivePage) same = read_if_modified (f, validator);
  g_autoptr (VlivePage) silent = NULL;
  g_autoptr (VlivePage) plain = NULL;

  g_assert_nonnull (validator);
  g_assert_true (vlive_page_is_not_modified (same));
  g_assert_cmpint (vlive_page_get_total (same, NULL), ==, VLIVE_TOTAL_EXACT);
  vlive_scripted_master_set_total_when_not_modified (f->scripted, FALSE);
  silent = read_if_modified (f, validator);
  g_assert_true (vlive_page_is_not_modified (silent));
  g_assert_cmpint (vlive_page_get_total (silent, NULL), ==, VLIVE_TOTAL_UNKNOWN);
  g_assert_cmpuint (_vlive_scripted_master_get_counts (f->scripted)->n_not_modified, ==,
                    2);
  vlive_scripted_master_set_conditional (f->scripted, FALSE);
  g_assert_false (can (f, VLIVE_CAN_READ_CONDITIONALLY));
  plain = read_if_modified (f, validator);
  g_assert_false (vlive_page_is_not_modified (plain));
  g_assert_null (vlive_page_get_validator (plain));
}

static void
test_sequence (Fixture *f, gconstpointer data)
{
  guint64 before;
  guint64 after;

  g_assert_false (vlive_master_peek_sequence (f->master, NULL));
  vlive_scripted_master_set_tells_sequence (f->scripted, TRUE);
  g_assert_true (vlive_master_peek_sequence (f->master, &before));
  g_assert_true (vlive_scripted_master_delete_elsewhere (f->scripted, "5", NULL));
  g_assert_true (vlive_master_peek_sequence (f->master, &after));
  g_assert_cmpuint (after, >, before);
}

/* Too many rows to look at: only what is known without. */
static void
test_max_evaluated (Fixture *f, gconstpointer data)
{
  g_autoptr (VliveQuery) by_price = sorted_by ("price", FALSE);
  g_autoptr (VliveQuery) by_number = sorted_by ("number", TRUE);
  g_autoptr (VliveQuery) cheap =
      where ("price", VLIVE_OPERATOR_LESS, g_variant_new_double (1));
  g_autoptr (VliveQuery) late =
      where ("id", VLIVE_OPERATOR_GREATER, g_variant_new_int64 (97));
  g_autoptr (VliveQuery) not_equal =
      where ("id", VLIVE_OPERATOR_NOT_EQUAL, g_variant_new_int64 (97));
  g_autoptr (VliveQuery) everything = vlive_query_new ();
  g_autoptr (VliveQuery) search = vlive_query_with_search (everything, "amber");

  g_assert_true (can (f, VLIVE_CAN_SEARCH));
  vlive_scripted_master_set_max_evaluated (f->scripted, 99);
  g_assert_false (can (f, VLIVE_CAN_SEARCH | VLIVE_CAN_SORT_MANY));
  assert_fails (f, by_price, 0, 3, VLIVE_ERROR_UNSUPPORTED, "*sort*price*");
  assert_fails (f, cheap, 0, 3, VLIVE_ERROR_UNSUPPORTED, "*price*");
  assert_fails (f, not_equal, 0, 3, VLIVE_ERROR_UNSUPPORTED, "*!=*");
  assert_fails (f, search, 0, 3, VLIVE_ERROR_UNSUPPORTED, "*search*");
  assert_ids (f, by_number, 0, 3, "100,99,98");
  assert_ids (f, late, 0, 10, "98,99,100");
  assert_fails (f, NULL, 0, 0, VLIVE_ERROR_TOO_LARGE, "*100 rows*");
  vlive_scripted_master_set_max_evaluated (f->scripted, 100);
  g_assert_true (can (f, VLIVE_CAN_SEARCH));
  assert_ids (f, late, 0, 0, "98,99,100");
}

/* --- odd rows --- */

static void
test_reorders (Fixture *f, gconstpointer data)
{
  g_autofree char *first = read_ids (f, NULL, 50, 5);
  g_autoptr (VliveQuery) sorted = sorted_by ("number", FALSE);
  guint n_other = 0;

  vlive_scripted_master_set_reorders (f->scripted, 3);
  g_assert_false (can (f, VLIVE_SAME_ORDER));
  for (guint i = 0; i < 20; i++)
    {
      g_autofree char *again = read_ids (f, NULL, 50, 5);

      n_other += strcmp (first, again) != 0;
      g_assert_true (g_str_has_prefix (again, "51,") || g_str_has_prefix (again, "52,")
                     || g_str_has_prefix (again, "53,")
                     || g_str_has_prefix (again, "54,"));
      /* An order that was asked for is kept. */
      assert_ids (f, sorted, 50, 2, "51,52");
    }
  g_assert_cmpuint (n_other, >, 3);
  g_assert_cmpuint (n_other, <, 20);
  vlive_scripted_master_set_reorders (f->scripted, 0);
  assert_ids (f, NULL, 98, 5, "99,100");
}

static void
test_overlap (Fixture *f, gconstpointer data)
{
  vlive_scripted_master_set_overlap (f->scripted, 2);
  assert_ids (f, NULL, 0, 4, "1,2,3,4");
  assert_ids (f, NULL, 4, 4, "3,4,7,8");
  assert_ids (f, NULL, 1, 4, "1,3,4,5");
  vlive_scripted_master_set_overlap (f->scripted, 0);
  assert_ids (f, NULL, 4, 4, "5,6,7,8");
}

static void
test_nameless (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VlivePage) page = NULL;
  VliveRecord *nameless;

  vlive_scripted_master_set_nameless_every (f->scripted, 3);
  page = sync_fetch_window (f->master, NULL, 0, 4, NULL, NULL, &error);
  g_assert_no_error (error);
  nameless = vlive_page_get_record (page, 2);
  g_assert_false (vlive_record_is_addressable (nameless));
  g_assert_cmpstr (vlive_record_get_id (nameless), ==, "@#2");
  g_assert_cmpint (vlive_record_get_field_type (nameless, "id"), ==,
                   VLIVE_VALUE_MISSING);
  g_assert_cmpint (vlive_record_get_field_type (nameless, "name"), ==,
                   VLIVE_VALUE_TEXT);
  g_assert_true (vlive_record_is_addressable (vlive_page_get_record (page, 3)));
  g_assert_null (sync_fetch_record (f->master, "3", &error));
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_null (sync_write (f->master, VLIVE_WRITE_DELETE, "3", NULL, &error));
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_NOT_FOUND);
  g_clear_error (&error);
  vlive_scripted_master_set_nameless_every (f->scripted, 1);
  assert_ids (f, NULL, 7, 2, "@#7,@#8");
  vlive_scripted_master_set_nameless_every (f->scripted, 0);
  assert_ids (f, NULL, 7, 2, "8,9");
}

static void
test_ignores_filters (Fixture *f, gconstpointer data)
{
  g_autoptr (VliveQuery) late =
      where ("id", VLIVE_OPERATOR_GREATER, g_variant_new_int64 (97));
  g_autoptr (VliveQuery) all =
      where ("id", VLIVE_OPERATOR_GREATER, g_variant_new_int64 (0));
  g_autoptr (VliveQuery) everything = vlive_query_new ();
  g_autoptr (VliveQuery) search = vlive_query_with_search (everything, "no such text");
  g_autoptr (GError) error = NULL;
  g_autoptr (VliveDescription) description = NULL;

  vlive_scripted_master_set_ignores_filters (f->scripted, TRUE);
  vlive_scripted_master_set_verifies (f->scripted, FALSE);
  assert_ids (f, late, 0, 3, "1,2,3");
  assert_ids (f, search, 0, 3, "1,2,3");
  vlive_scripted_master_set_verifies (f->scripted, TRUE);
  /* It does not show. */
  assert_ids (f, all, 0, 3, "1,2,3");
  assert_fails (f, late, 0, 3, VLIVE_ERROR_UNSUPPORTED, "*ignored the condition*");
  assert_fails (f, late, 0, 3, VLIVE_ERROR_UNSUPPORTED, "The server ignores*");
  assert_fails (f, search, 0, 3, VLIVE_ERROR_UNSUPPORTED, "*ignored the text*");
  g_assert_false (can (f, VLIVE_CAN_SEARCH));
  g_assert_true (can (f, VLIVE_CAN_FILTER));
  /* Described anew, it is believed again. */
  description = sync_describe (f->master, &error);
  g_assert_no_error (error);
  g_assert_true (can (f, VLIVE_CAN_SEARCH));
  assert_fails (f, late, 0, 3, VLIVE_ERROR_UNSUPPORTED, "*ignored the condition*");
}

static void
test_refuses_sort (Fixture *f, gconstpointer data)
{
  g_autoptr (VliveQuery) by_price = sorted_by ("price", FALSE);
  g_autoptr (VliveQuery) by_name = sorted_by ("name", FALSE);
  g_autoptr (GError) error = NULL;
  g_autoptr (VliveDescription) description = NULL;

  vlive_scripted_master_set_refuses_sort (f->scripted, TRUE);
  g_assert_true (vlive_description_can_query (vlive_master_get_description (f->master),
                                              by_price, &error));
  assert_fails (f, by_price, 0, 3, VLIVE_ERROR_UNSUPPORTED, "*server refused it");
  g_assert_false (vlive_description_can_query (vlive_master_get_description (f->master),
                                               by_price, &error));
  g_clear_error (&error);
  /* Only that one. */
  g_assert_true (vlive_description_can_query (vlive_master_get_description (f->master),
                                              by_name, &error));
  description = sync_describe (f->master, &error);
  g_assert_no_error (error);
  g_assert_true (vlive_description_can_query (description, by_price, &error));
  vlive_scripted_master_set_refuses_sort (f->scripted, FALSE);
  g_free (read_ids (f, by_price, 0, 3));
  g_assert_true (can (f, VLIVE_CAN_SORT));
}

/* --- all of it --- */

/* Each knob is a property that notifies once, and only when it changes. */
static void
notify_cb (GObject *object, GParamSpec *pspec, guint *n)
{
  if (strcmp (pspec->name, "description") != 0)
    (*n)++;
}

static void
test_properties (Fixture *f, gconstpointer data)
{
  guint n_specs;
  g_autofree GParamSpec **specs =
      g_object_class_list_properties (G_OBJECT_GET_CLASS (f->scripted), &n_specs);
  g_autofree char *name = NULL;
  guint64 n_rows;
  guint seed;
  guint n_knobs = 0;
  guint n = 0;

  g_object_get (f->scripted, "name", &name, "n-rows", &n_rows, "seed", &seed, NULL);
  g_assert_cmpstr (name, ==, "demo");
  g_assert_cmpuint (n_rows, ==, 100);
  g_assert_cmpuint (seed, ==, 1);
  g_signal_connect (f->scripted, "notify", G_CALLBACK (notify_cb), &n);
  for (guint i = 0; i < n_specs; i++)
    {
      GParamSpec *pspec = specs[i];
      g_auto (GValue) value = G_VALUE_INIT;
      g_auto (GValue) back = G_VALUE_INIT;

      if ((pspec->flags & G_PARAM_WRITABLE) == 0
          || (pspec->flags & G_PARAM_CONSTRUCT_ONLY) != 0)
        continue;
      n_knobs++;
      g_value_init (&value, pspec->value_type);
      g_value_init (&back, pspec->value_type);
      g_object_get_property (G_OBJECT (f->scripted), pspec->name, &value);
      g_assert_cmpint (g_param_values_cmp (pspec, &value,
                                           g_param_spec_get_default_value (pspec)),
                       ==, 0);
      if (G_VALUE_HOLDS_UINT (&value))
        g_value_set_uint (&value, g_value_get_uint (&value) + 1);
      else if (G_VALUE_HOLDS_DOUBLE (&value))
        g_value_set_double (&value, 0.5);
      else if (G_VALUE_HOLDS_BOOLEAN (&value))
        g_value_set_boolean (&value, !g_value_get_boolean (&value));
      else if (G_VALUE_HOLDS_ENUM (&value))
        g_value_set_enum (&value, 1);
      else if (G_VALUE_HOLDS_FLAGS (&value))
        g_value_set_flags (&value, VLIVE_CAN_GET);
      else if (G_VALUE_HOLDS_STRING (&value))
        g_value_set_string (&value, "7");
      else
        g_value_set_variant (&value, g_variant_new_parsed ("[(uint32 1, uint32 2)]"));
      n = 0;
      g_object_set_property (G_OBJECT (f->scripted), pspec->name, &value);
      g_object_set_property (G_OBJECT (f->scripted), pspec->name, &value);
      g_assert_cmpuint (n, ==, 1);
      g_object_get_property (G_OBJECT (f->scripted), pspec->name, &back);
      g_assert_cmpint (g_param_values_cmp (pspec, &value, &back), ==, 0);
    }
  g_assert_cmpuint (n_knobs, ==, 33);
  g_signal_handlers_disconnect_by_data (f->scripted, &n);
  vlive_scripted_master_set_change_rate (f->scripted, 0);
}

static void
log_event_cb (VliveLiveStream *stream, VliveChangeEvent *event, GString *log)
{
  g_string_append_printf (log, "%d:%s;", vlive_change_event_get_kind (event),
                          vlive_change_event_get_id (event));
}

/* A long run in which everything that is left to chance happens. */
static char *
dup_run (guint seed)
{
  Fixture f;
  g_autoptr (GString) log = g_string_new (NULL);
  g_autoptr (VliveQuery) everything = vlive_query_new ();
  VliveLiveStream *stream;
  Answer answers[100] = { 0 };

  set_up_rows (&f, 1000, seed);
  stream = vlive_scripted_master_get_live_stream (f.scripted);
  g_signal_connect (stream, "event", G_CALLBACK (log_event_cb), log);
  vlive_live_stream_start (stream);
  vlive_scripted_master_set_latency (f.scripted, 0, 200);
  vlive_scripted_master_set_error_rate (f.scripted, 0.3);
  vlive_scripted_master_set_reorders (f.scripted, 5);
  vlive_scripted_master_set_change_rate (f.scripted, 40);
  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      answers[i].order = log;
      answers[i].index = i;
      vlive_master_fetch_window_async (f.master, everything, i, 5, NULL, NULL,
                                       answered_cb, &answers[i]);
      advance (&f, 10);
      while (g_main_context_iteration (NULL, FALSE))
        ;
      g_string_append_printf (log, "=%d ", (int) answers[i].code);
    }
  vlive_scripted_master_set_error_rate (f.scripted, 0);
  vlive_scripted_master_set_latency (f.scripted, 0, 0);
  vlive_scripted_master_set_change_rate (f.scripted, 0);
  advance (&f, 1000);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  for (guint i = 0; i < 1000; i += 100)
    {
      g_autoptr (VlivePage) page =
          sync_fetch_window (f.master, NULL, i, 100, NULL, NULL, NULL);

      g_string_append (log, vlive_page_get_validator (page));
    }
  vlive_live_stream_stop (stream);
  g_signal_handlers_disconnect_by_data (stream, log);
  tear_down (&f, NULL);

  return g_string_free (g_steal_pointer (&log), FALSE);
}

static void
test_repeats (void)
{
  g_autofree char *one = dup_run (5);
  g_autofree char *again = dup_run (5);
  g_autofree char *other = dup_run (6);

  g_assert_cmpuint (strlen (one), >, 600);
  g_assert_cmpstr (one, ==, again);
  g_assert_cmpstr (one, !=, other);
}

/* What is held in memory, in KiB, without pages of files. */
static guint64
get_memory (void)
{
  g_autofree char *status = NULL;
  const char *line;

  g_assert_true (g_file_get_contents ("/proc/self/status", &status, NULL, NULL));
  line = strstr (status, "RssAnon:");
  g_assert_nonnull (line);

  return g_ascii_strtoull (line + strlen ("RssAnon:"), NULL, 10);
}

static void
visit (guint64 n_rows)
{
  Fixture f;
  g_autoptr (VliveQuery) backwards = sorted_by ("number", TRUE);

  set_up_rows (&f, n_rows, 1);
  for (guint i = 0; i < 500; i++)
    {
      guint64 offset = n_rows / 500 * i / 100 * 100;
      g_autofree char *id = g_strdup_printf ("%" G_GUINT64_FORMAT, offset + 1);
      g_autofree char *last = g_strdup_printf ("%" G_GUINT64_FORMAT, n_rows - offset);
      g_autoptr (GError) error = NULL;
      g_autoptr (VlivePage) page =
          sync_fetch_window (f.master, NULL, offset, 100, NULL, NULL, &error);
      g_autoptr (VlivePage) turned =
          sync_fetch_window (f.master, backwards, offset, 100, NULL, NULL, &error);

      g_assert_no_error (error);
      g_assert_cmpuint (vlive_page_get_n_records (page), ==, 100);
      g_assert_cmpstr (vlive_record_get_id (vlive_page_get_record (page, 0)), ==, id);
      g_assert_cmpstr (vlive_record_get_id (vlive_page_get_record (turned, 0)), ==,
                       last);
    }
  tear_down (&f, NULL);
}

static guint64
measure_visit (guint64 n_rows)
{
  guint64 before = get_memory ();
  guint64 after;

  visit (n_rows);
  after = get_memory ();

  return after > before ? after - before : 0;
}

/* Ten million rows, and many more, take no more than a few: which is nothing,
 * but for what a sanitizer keeps of all that is freed. */
static void
test_memory (void)
{
  guint64 few;

  visit (100000);
  few = measure_visit (100000);
  g_assert_cmpuint (measure_visit (10 * 1000 * 1000), <, few * 5 / 4 + 2048);
  g_assert_cmpuint (measure_visit (VLIVE_SCRIPTED_MAX_ROWS), <, few * 5 / 4 + 2048);
}

/* What takes long is done elsewhere, and the same answer comes. */
static void
test_worker (void)
{
  Fixture f;
  g_autoptr (VliveQuery) by_price = sorted_by ("price", TRUE);
  g_autoptr (VlivePage) page = NULL;
  g_autoptr (VlivePage) everything = NULL;
  g_autoptr (GError) error = NULL;
  double last = G_MAXDOUBLE;

  set_up_rows (&f, 5000, 1);
  assert_ids (&f, NULL, 4998, 10, "4999,5000");
  g_assert_null (f.scripted->worker);
  page = sync_fetch_window (f.master, by_price, 1000, 1000, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (f.scripted->worker);
  g_assert_cmpuint (vlive_page_get_n_records (page), ==, 1000);
  for (guint i = 0; i < 1000; i++)
    {
      double price;

      g_assert_true (
          vlive_record_get_double (vlive_page_get_record (page, i), "price", &price));
      g_assert_cmpfloat (price, <=, last);
      last = price;
    }
  everything = sync_fetch_window (f.master, NULL, 0, 0, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (vlive_page_get_n_records (everything), ==, 5000);
  tear_down (&f, NULL);
}

/* A write while an answer is put together elsewhere changes only later ones. */
static void
test_worker_write (void)
{
  Fixture f;
  g_autoptr (VliveQuery) by_name = sorted_by ("name", FALSE);
  g_autoptr (VliveRecord) change = patch_new ("{'name': <' first of all'>}");

  set_up_rows (&f, 3000, 1);
  for (guint i = 0; i < 10; i++)
    {
      g_autofree char *id = g_strdup_printf ("%u", 1000 + i);
      g_autofree char *before = read_ids (&f, by_name, 0, 1);
      g_autofree char *after = NULL;
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (GError) error = NULL;
      g_autoptr (VlivePage) page = NULL;

      vlive_master_fetch_window_async (f.master, by_name, 0, 1, NULL, NULL,
                                       vlive_test_result_cb, &result);
      g_assert_true (
          vlive_scripted_master_update_elsewhere (f.scripted, id, change, &error));
      g_assert_no_error (error);
      VLIVE_TEST_WAIT (result != NULL);
      page = vlive_master_fetch_window_finish (f.master, result, &error);
      g_assert_no_error (error);
      after = page_to_ids (page);
      g_assert_cmpstr (after, ==, before);
      g_assert_true (vlive_scripted_master_delete_elsewhere (f.scripted, "1", NULL)
                     == (i == 0));
      assert_ids (&f, by_name, i, 1, id);
    }
  tear_down (&f, NULL);
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *path;
    void (*test) (Fixture *f, gconstpointer data);
  } tests[] = {
    { "latency", test_latency },
    { "latency-halves", test_latency_halves },
    { "fail-next", test_fail_next },
    { "offline", test_offline },
    { "offline-windows", test_offline_windows },
    { "cancel", test_cancel },
    { "page", test_page },
    { "cursor", test_cursor },
    { "no-paging", test_no_paging },
    { "max-page", test_max_page },
    { "total-kinds", test_total_kinds },
    { "total-claimed", test_total_claimed },
    { "capabilities", test_capabilities },
    { "conditional", test_conditional },
    { "sequence", test_sequence },
    { "max-evaluated", test_max_evaluated },
    { "reorders", test_reorders },
    { "overlap", test_overlap },
    { "nameless", test_nameless },
    { "ignores-filters", test_ignores_filters },
    { "refuses-sort", test_refuses_sort },
    { "properties", test_properties },
  };
  int result;

  vlive_test_init (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      g_autofree char *path =
          g_strdup_printf ("/master/scripted-master/%s", tests[i].path);

      g_test_add (path, Fixture, NULL, set_up, tests[i].test, tear_down);
    }
  g_test_add_func ("/master/scripted-master/latency-spread", test_latency_spread);
  g_test_add_func ("/master/scripted-master/error-rate", test_error_rate);
  g_test_add_func ("/master/scripted-master/kept-alive", test_kept_alive);
  g_test_add_func ("/master/scripted-master/repeats", test_repeats);
  g_test_add_func ("/master/scripted-master/memory", test_memory);
  g_test_add_func ("/master/scripted-master/worker", test_worker);
  g_test_add_func ("/master/scripted-master/worker-write", test_worker_write);
  result = vlive_test_run ();
  vlive_test_assert_all_gone ();

  return result;
}
