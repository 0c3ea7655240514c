/* test-scripted-write.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "master-sync.h"

#include "master/vlive-scripted-master-private.h"

/* A master of a hundred rows, in a time that stands still, and what its stream
 * told. */
typedef struct
{
  VliveClock *clock;
  VliveScriptedMaster *scripted;
  VliveMaster *master; /* the same */
  VliveLiveStream *stream;
  GString *told; /* "+101 *5 -6 ! " */
} Fixture;

static void
told_cb (VliveLiveStream *stream, VliveChangeEvent *event, Fixture *f)
{
  static const char marks[] = { '!', '+', '*', '-' };
  const char *id = vlive_change_event_get_id (event);

  g_string_append_printf (f->told, "%c%s%s ",
                          marks[vlive_change_event_get_kind (event)],
                          id != NULL ? id : "",
                          vlive_change_event_get_record (event) != NULL ? "r" : "");
}

static void
set_up_rows (Fixture *f, guint64 n_rows, guint seed)
{
  f->clock = _vlive_clock_new_manual (G_USEC_PER_SEC, 2 * G_USEC_PER_SEC);
  f->scripted = vlive_scripted_master_new ("demo", n_rows, seed);
  f->master = VLIVE_MASTER (f->scripted);
  _vlive_scripted_master_set_clock (f->scripted, f->clock);
  f->stream = vlive_scripted_master_get_live_stream (f->scripted);
  f->told = g_string_new (NULL);
  g_signal_connect (f->stream, "event", G_CALLBACK (told_cb), f);
  vlive_live_stream_start (f->stream);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  set_up_rows (f, 100, 1);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  vlive_live_stream_stop (f->stream);
  g_signal_handlers_disconnect_by_data (f->stream, f);
  vlive_test_turn ();
  g_assert_finalize_object (f->scripted);
  g_assert_finalize_object (f->clock);
  g_string_free (f->told, TRUE);
}

static void
advance (Fixture *f, guint ms)
{
  _vlive_clock_advance (f->clock, (gint64) ms * 1000);
}

static void
assert_told (Fixture *f, const char *expected)
{
  g_assert_cmpstr (f->told->str, ==, expected);
  g_string_truncate (f->told, 0);
}

static void
assert_ids (Fixture *f, guint64 offset, guint limit, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VlivePage) page =
      sync_fetch_window (f->master, NULL, offset, limit, NULL, NULL, &error);
  g_autofree char *ids = NULL;

  g_assert_no_error (error);
  ids = page_to_ids (page);
  g_assert_cmpstr (ids, ==, expected);
}

static void
assert_field (Fixture *f, const char *id, const char *field, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VliveRecord) record = sync_fetch_record (f->master, id, &error);
  g_autofree char *text = NULL;

  g_assert_no_error (error);
  text = vlive_record_dup_field_text (record, field);
  g_assert_cmpstr (text, ==, expected);
}

static VliveRecord *
fields_new (const char *text)
{
  g_autoptr (GError) error = NULL;
  VliveRecord *record =
      vlive_record_new_from_variant ("", g_variant_new_parsed (text), &error);

  g_assert_no_error (error);

  return record;
}

static VliveReply *
write_text (Fixture *f,
            VliveWriteOp op,
            const char *id,
            const char *text,
            GError **error)
{
  return sync_write (f->master, op, id,
                     text != NULL ? g_variant_new_parsed (text) : NULL, error);
}

static void
assert_write_fails (Fixture *f,
                    VliveWriteOp op,
                    const char *id,
                    const char *text,
                    int code,
                    const char *pattern)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VliveReply) reply = write_text (f, op, id, text, &error);

  g_assert_null (reply);
  assert_error_says (error, code, pattern);
}

static void
patch (Fixture *f, const char *id, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VliveReply) reply = write_text (f, VLIVE_WRITE_PATCH, id, text, &error);

  g_assert_no_error (error);
  g_assert_nonnull (reply);
}

/* --- writes --- */

/* Every kind, kept, with its version, and told. */
static void
test_kinds (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VliveReply) made = NULL;
  g_autoptr (VliveReply) patched = NULL;
  g_autoptr (VliveReply) replaced = NULL;
  g_autoptr (VliveReply) deleted = NULL;
  g_autoptr (VliveReply) cleared = NULL;

  made = write_text (f, VLIVE_WRITE_INSERT, NULL, "{'name': <'made'>}", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (vlive_reply_get_id (made), ==, "101");
  g_assert_cmpuint (vlive_reply_get_version (made), ==, 2);
  assert_field (f, "101", "id", "101");
  assert_ids (f, 98, 5, "99,100,101");

  patched = write_text (f, VLIVE_WRITE_PATCH, "7", "{'price': <0.5>}", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (vlive_reply_get_version (patched), ==, 3);
  g_assert_cmpstr (vlive_record_get_id (vlive_reply_get_record (patched)), ==, "7");
  assert_field (f, "7", "price", "0.5");
  assert_field (f, "7", "id", "7");

  replaced = write_text (f, VLIVE_WRITE_REPLACE, "8", "{'name': <'all'>}", &error);
  g_assert_no_error (error);
  assert_field (f, "8", "name", "all");
  assert_field (f, "8", "price", "");
  assert_ids (f, 6, 3, "7,8,9");

  deleted = write_text (f, VLIVE_WRITE_DELETE, "8", NULL, &error);
  g_assert_no_error (error);
  assert_ids (f, 6, 3, "7,9,10");
  g_assert_cmpuint (vlive_scripted_master_get_n_rows (f->scripted), ==, 100);
  assert_told (f, "+101r *7r *8r -8 ");

  cleared = write_text (f, VLIVE_WRITE_DELETE_ALL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (vlive_scripted_master_get_n_rows (f->scripted), ==, 0);
  assert_told (f, "! ");
}

/* What a table with columns does not take. */
static void
test_refusals (Fixture *f, gconstpointer data)
{
  assert_write_fails (f, VLIVE_WRITE_INSERT, "5", "{'name': <'x'>}",
                      VLIVE_ERROR_CONFLICT, "*id 5 already");
  assert_write_fails (f, VLIVE_WRITE_INSERT, "five", "{'name': <'x'>}",
                      VLIVE_ERROR_REJECTED, "*whole numbers*five*");
  assert_write_fails (f, VLIVE_WRITE_INSERT, NULL, "{'nome': <'x'>}",
                      VLIVE_ERROR_REJECTED, "*no column “nome”");
  assert_write_fails (f, VLIVE_WRITE_PATCH, "5", "{'active': <'x'>}",
                      VLIVE_ERROR_REJECTED, "*for “active”");
  assert_write_fails (f, VLIVE_WRITE_PATCH, "5", "{'name': <@ms nothing>}",
                      VLIVE_ERROR_REJECTED, "*for “name”");
  assert_write_fails (f, VLIVE_WRITE_PATCH, "5", "{'id': <int64 6>}",
                      VLIVE_ERROR_REJECTED, "*id of a record cannot be changed*");
  assert_write_fails (f, VLIVE_WRITE_PATCH, "500", "{'name': <'x'>}",
                      VLIVE_ERROR_NOT_FOUND, "*500");
  assert_write_fails (f, VLIVE_WRITE_DELETE, "0", NULL, VLIVE_ERROR_NOT_FOUND, "*0");
  patch (f, "5", "{'note': <@ms nothing>, 'price': <int64 3>, 'id': <int64 5>}");
  assert_field (f, "5", "price", "3");
  assert_told (f, "*5r ");
}

static void
test_no_keeping (Fixture *f, gconstpointer data)
{
  VliveCapabilities all;
  g_autoptr (GError) error = NULL;
  g_autoptr (VliveReply) made = NULL;
  g_autofree char *before = NULL;
  g_autoptr (VliveRecord) record = sync_fetch_record (f->master, "7", &error);

  before = vlive_record_dup_field_text (record, "price");
  g_object_get (f->scripted, "capabilities", &all, NULL);
  vlive_scripted_master_set_capabilities (
      f->scripted, (VliveCapabilities) (all & ~(guint) VLIVE_KEEPS_WRITES));
  patch (f, "7", "{'price': <12345.5>}");
  made = write_text (f, VLIVE_WRITE_INSERT, NULL, "{'name': <'made'>}", &error);
  g_assert_no_error (error);
  assert_field (f, "7", "price", before);
  g_assert_cmpuint (vlive_scripted_master_get_n_rows (f->scripted), ==, 100);
  assert_told (f, "");
}

static void
test_outcomes (Fixture *f, gconstpointer data)
{
  const VliveScriptedCounts *counts = _vlive_scripted_master_get_counts (f->scripted);

  vlive_scripted_master_set_write_outcome (f->scripted, VLIVE_SCRIPTED_OUTCOME_REFUSED);
  assert_write_fails (f, VLIVE_WRITE_DELETE, "1", NULL, VLIVE_ERROR_REJECTED,
                      "*refuses this*");
  assert_ids (f, 0, 2, "1,2");
  vlive_scripted_master_set_write_outcome (f->scripted,
                                           VLIVE_SCRIPTED_OUTCOME_REQUEST_LOST);
  assert_write_fails (f, VLIVE_WRITE_DELETE, "1", NULL, VLIVE_ERROR_UNKNOWN_OUTCOME,
                      "*not known*");
  assert_ids (f, 0, 2, "1,2");
  g_assert_cmpuint (counts->n_applied, ==, 0);
  assert_told (f, "");
  vlive_scripted_master_set_write_outcome (f->scripted,
                                           VLIVE_SCRIPTED_OUTCOME_ANSWER_LOST);
  assert_write_fails (f, VLIVE_WRITE_DELETE, "1", NULL, VLIVE_ERROR_UNKNOWN_OUTCOME,
                      "*not known*");
  assert_ids (f, 0, 2, "2,3");
  g_assert_cmpuint (counts->n_applied, ==, 1);
  assert_told (f, "-1 ");
  /* A no is a no, and comes back. */
  assert_write_fails (f, VLIVE_WRITE_DELETE, "1", NULL, VLIVE_ERROR_NOT_FOUND, "*");
  vlive_scripted_master_set_write_outcome (f->scripted, VLIVE_SCRIPTED_OUTCOME_APPLIED);
  patch (f, "2", "{'price': <1.0>}");
  g_assert_cmpuint (counts->n_writes, ==, 5);
}

static guint
count_refused (guint seed, double rate, GString *which)
{
  Fixture f;
  guint n = 0;

  set_up_rows (&f, 100, seed);
  vlive_scripted_master_set_write_outcome (f.scripted, VLIVE_SCRIPTED_OUTCOME_REFUSED);
  vlive_scripted_master_set_write_outcome_rate (f.scripted, rate);
  for (guint i = 0; i < 200; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (VliveReply) reply =
          write_text (&f, VLIVE_WRITE_PATCH, "3", "{'price': <2.0>}", &error);

      n += reply == NULL;
      g_string_append_c (which, reply == NULL ? 'x' : '.');
    }
  tear_down (&f, NULL);

  return n;
}

static void
test_outcome_rate (void)
{
  g_autoptr (GString) never = g_string_new (NULL);
  g_autoptr (GString) often = g_string_new (NULL);
  g_autoptr (GString) again = g_string_new (NULL);

  g_assert_cmpuint (count_refused (1, 0, never), ==, 0);
  g_assert_cmpuint (count_refused (1, 0.5, often), >, 60);
  g_assert_cmpuint (count_refused (1, 0.5, again), <, 140);
  g_assert_cmpstr (often->str, ==, again->str);
}

/* A write of which it is not known whether it was done is sent again. */
static void
test_repeated (Fixture *f, gconstpointer data)
{
  VliveCapabilities all;
  g_autoptr (GError) error = NULL;
  g_autoptr (VliveRecord) fields = fields_new ("{'name': <'once'>}");
  g_autoptr (VliveWrite) write = vlive_write_new (VLIVE_WRITE_INSERT, NULL, fields);
  g_autoptr (VliveReply) reply = NULL;
  g_autoptr (VliveReply) other = NULL;

  vlive_scripted_master_set_write_outcome (f->scripted,
                                           VLIVE_SCRIPTED_OUTCOME_ANSWER_LOST);
  g_assert_null (sync_apply (f->master, write, &error));
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_UNKNOWN_OUTCOME);
  g_clear_error (&error);
  vlive_scripted_master_set_write_outcome (f->scripted, VLIVE_SCRIPTED_OUTCOME_APPLIED);
  reply = sync_apply (f->master, write, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (vlive_reply_get_id (reply), ==, "101");
  g_assert_cmpuint (vlive_reply_get_version (reply), ==, 2);
  g_assert_cmpuint (vlive_scripted_master_get_n_rows (f->scripted), ==, 101);
  assert_told (f, "+101r ");

  /* By a master that does not know it again. */
  g_object_get (f->scripted, "capabilities", &all, NULL);
  vlive_scripted_master_set_capabilities (
      f->scripted, (VliveCapabilities) (all & ~(guint) VLIVE_CAN_REPEAT_WRITES));
  other = sync_apply (f->master, write, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (vlive_reply_get_id (other), ==, "102");
  g_assert_cmpuint (vlive_scripted_master_get_n_rows (f->scripted), ==, 102);
}

static void
test_write_latency (Fixture *f, gconstpointer data)
{
  g_autoptr (VliveWrite) write = vlive_write_new (VLIVE_WRITE_DELETE, "1", NULL);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (VliveReply) reply = NULL;

  vlive_scripted_master_set_write_latency (f->scripted, 100);
  vlive_master_apply_async (f->master, write, NULL, vlive_test_result_cb, &result);
  assert_ids (f, 0, 1, "1");
  advance (f, 50);
  assert_ids (f, 0, 1, "2");
  advance (f, 49);
  vlive_test_turn ();
  g_assert_null (result);
  advance (f, 1);
  VLIVE_TEST_WAIT (result != NULL);
  reply = vlive_master_apply_finish (f->master, result, NULL);
  g_assert_nonnull (reply);
}

/* One that was not yet there is cancelled; one that was done is not. */
static void
test_cancel (Fixture *f, gconstpointer data)
{
  vlive_scripted_master_set_write_latency (f->scripted, 100);
  for (guint ms = 40; ms < 100; ms += 20)
    {
      g_autoptr (VliveWrite) write = vlive_write_new (VLIVE_WRITE_DELETE, "1", NULL);
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (GError) error = NULL;

      vlive_master_apply_async (f->master, write, cancellable, vlive_test_result_cb,
                                &result);
      advance (f, ms);
      g_cancellable_cancel (cancellable);
      VLIVE_TEST_WAIT (result != NULL);
      g_assert_null (vlive_master_apply_finish (f->master, result, &error));
      if (ms == 40)
        {
          g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
          assert_ids (f, 0, 1, "1");
          continue;
        }
      g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_UNKNOWN_OUTCOME);
      assert_ids (f, 0, 1, "2");
      break;
    }
}

/* The way is lost, with what came back on it. */
static void
test_offline (Fixture *f, gconstpointer data)
{
  vlive_scripted_master_set_write_latency (f->scripted, 100);
  for (guint ms = 40; ms < 80; ms += 20)
    {
      g_autoptr (VliveWrite) write = vlive_write_new (VLIVE_WRITE_DELETE, "1", NULL);
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (GError) error = NULL;

      vlive_master_apply_async (f->master, write, NULL, vlive_test_result_cb, &result);
      advance (f, ms);
      vlive_scripted_master_set_offline (f->scripted, TRUE);
      advance (f, 100);
      VLIVE_TEST_WAIT (result != NULL);
      vlive_scripted_master_set_offline (f->scripted, FALSE);
      g_assert_null (vlive_master_apply_finish (f->master, result, &error));
      g_assert_true (g_error_matches (error, VLIVE_ERROR,
                                      ms == 40 ? VLIVE_ERROR_OFFLINE
                                               : VLIVE_ERROR_UNKNOWN_OUTCOME));
      assert_ids (f, 0, 1, ms == 40 ? "1" : "2");
    }
}

static void
test_answers (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VliveReply) silent = NULL;
  g_autoptr (VliveReply) made = NULL;

  vlive_scripted_master_set_answers_records (f->scripted, FALSE);
  vlive_scripted_master_set_inserts_first (f->scripted, TRUE);
  silent = write_text (f, VLIVE_WRITE_PATCH, "7", "{'price': <0.5>}", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (vlive_reply_get_id (silent), ==, "7");
  g_assert_null (vlive_reply_get_record (silent));
  made = write_text (f, VLIVE_WRITE_INSERT, NULL, "{'name': <'made'>}", &error);
  g_assert_no_error (error);
  assert_ids (f, 0, 2, "101,1");
}

/* --- others --- */

static void
test_elsewhere (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VliveRecord) fields = fields_new ("{'name': <'theirs'>}");
  g_autoptr (VliveRecord) wrong = fields_new ("{'nome': <'theirs'>}");
  g_autofree char *first = NULL;
  g_autofree char *last = NULL;

  first = vlive_scripted_master_insert_elsewhere (f->scripted, 2, fields, &error);
  g_assert_cmpstr (first, ==, "101");
  last =
      vlive_scripted_master_insert_elsewhere (f->scripted, G_MAXUINT64, fields, &error);
  g_assert_cmpstr (last, ==, "102");
  assert_ids (f, 1, 3, "2,101,3");
  assert_ids (f, 100, 3, "100,102");
  g_assert_true (
      vlive_scripted_master_update_elsewhere (f->scripted, "3", fields, &error));
  assert_field (f, "3", "name", "theirs");
  g_assert_true (vlive_scripted_master_delete_elsewhere (f->scripted, "4", &error));
  g_assert_no_error (error);
  assert_ids (f, 1, 4, "2,101,3,5");
  assert_told (f, "+101r +102r *3r -4 ");

  g_assert_false (vlive_scripted_master_delete_elsewhere (f->scripted, "4", &error));
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_null (
      vlive_scripted_master_insert_elsewhere (f->scripted, 0, wrong, &error));
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_REJECTED);
  assert_told (f, "");
}

static void
test_live (Fixture *f, gconstpointer data)
{
  g_autoptr (VliveRecord) fields = fields_new ("{'name': <'theirs'>}");

  vlive_scripted_master_set_events_with_records (f->scripted, FALSE);
  patch (f, "5", "{'price': <1.0>}");
  assert_told (f, "*5 ");
  vlive_scripted_master_set_tells_writes (f->scripted, FALSE);
  patch (f, "5", "{'price': <2.0>}");
  assert_told (f, "");
  g_assert_true (
      vlive_scripted_master_update_elsewhere (f->scripted, "3", fields, NULL));
  assert_told (f, "*3 ");
  vlive_scripted_master_set_live (f->scripted, FALSE);
  g_assert_null (vlive_scripted_master_get_live_stream (f->scripted));
  g_assert_true (
      vlive_scripted_master_update_elsewhere (f->scripted, "3", fields, NULL));
  assert_told (f, "");
}

/* Late, in order, whatever becomes of the delay. */
static void
test_event_delay (Fixture *f, gconstpointer data)
{
  vlive_scripted_master_set_event_delay (f->scripted, 100);
  patch (f, "5", "{'price': <1.0>}");
  advance (f, 50);
  patch (f, "6", "{'price': <1.0>}");
  assert_told (f, "");
  advance (f, 50);
  assert_told (f, "*5r ");
  vlive_scripted_master_set_event_delay (f->scripted, 0);
  patch (f, "7", "{'price': <1.0>}");
  assert_told (f, "");
  advance (f, 50);
  assert_told (f, "*6r *7r ");
  patch (f, "8", "{'price': <1.0>}");
  assert_told (f, "*8r ");
}

static guint
count_told (Fixture *f)
{
  guint n = 0;

  for (const char *s = f->told->str; *s != '\0'; s++)
    n += *s == ' ';

  return n;
}

static void
test_change_rate (Fixture *f, gconstpointer data)
{
  advance (f, 1000);
  assert_told (f, "");
  vlive_scripted_master_set_change_rate (f->scripted, 2.5);
  advance (f, 399);
  assert_told (f, "");
  advance (f, 1601);
  g_assert_cmpuint (count_told (f), ==, 5);
  g_string_truncate (f->told, 0);
  /* Many at once, where there are many. */
  vlive_scripted_master_set_change_rate (f->scripted, 5000);
  advance (f, 1000);
  g_assert_cmpuint (count_told (f), >=, 4990);
  g_assert_cmpuint (count_told (f), <=, 5000);
  g_string_truncate (f->told, 0);
  vlive_scripted_master_set_change_rate (f->scripted, 0);
  advance (f, 1000);
  assert_told (f, "");
}

/* Of every kind, among the first rows only. */
static void
test_change_span (void)
{
  Fixture f;
  g_auto (GStrv) words = NULL;
  const char *marks = "+*-";
  guint n_kinds[3] = { 0 };

  set_up_rows (&f, 10 * 1000 * 1000, 1);
  vlive_scripted_master_set_change_span (f.scripted, 10);
  for (guint i = 0; i < 500; i++)
    vlive_scripted_master_change_randomly (f.scripted);
  words = g_strsplit (f.told->str, " ", -1);
  for (guint i = 0; i < 500; i++)
    {
      const char *mark = strchr (marks, words[i][0]);
      guint64 id = g_ascii_strtoull (words[i] + 1, NULL, 10);

      g_assert_nonnull (mark);
      n_kinds[mark - marks]++;
      /* New rows have ids above all others. */
      g_assert_true (id < 300 || id > 10 * 1000 * 1000);
    }
  for (guint i = 0; i < 3; i++)
    g_assert_cmpuint (n_kinds[i], >, 20);
  g_assert_cmpuint (n_kinds[1], >, 300);
  /* What was not changed is as it was. */
  assert_ids (&f, vlive_scripted_master_get_n_rows (f.scripted) - 1, 1, "10000000");
  tear_down (&f, NULL);
}

/* Rows of the caller's own are changed in their own columns. */
static void
test_own_records (void)
{
  g_autoptr (GPtrArray) records =
      g_ptr_array_new_with_free_func ((GDestroyNotify) vlive_record_unref);
  g_autoptr (VliveScriptedMaster) scripted = NULL;
  g_autoptr (VliveReply) made = NULL;
  g_autoptr (VliveReply) wide = NULL;
  g_autoptr (GError) error = NULL;
  VliveMaster *master;
  VliveSchema *schema;

  for (guint i = 0; i < 5; i++)
    {
      g_autofree char *id = g_strdup_printf ("%c", 'a' + (i < 4 ? i : 0));
      GVariant *fields =
          g_variant_new_parsed ("{'id': <%s>, 'n': <%x>}", id, (gint64) i);

      g_ptr_array_add (records, vlive_record_new_from_variant (id, fields, &error));
    }
  scripted =
      vlive_scripted_master_new_with_records ("own",
                                              (VliveRecord *const *) records->pdata,
                                              records->len, 1);
  master = VLIVE_MASTER (scripted);
  /* Of two with one id, the later one in the place of the first. */
  g_assert_cmpuint (vlive_scripted_master_get_n_rows (scripted), ==, 4);
  made = sync_write (master, VLIVE_WRITE_INSERT, NULL,
                     g_variant_new_parsed ("{'n': <int64 9>}"), &error);
  g_assert_no_error (error);
  g_assert_cmpstr (vlive_reply_get_id (made), ==, "new1");
  wide = sync_write (master, VLIVE_WRITE_PATCH, "a",
                     g_variant_new_parsed ("{'more': <true>}"), &error);
  g_assert_no_error (error);
  schema = vlive_description_get_schema (vlive_master_get_description (master));
  g_assert_nonnull (vlive_schema_find_column (schema, "more"));
  for (guint i = 0; i < 50; i++)
    vlive_scripted_master_change_randomly (scripted);
  g_assert_cmpuint (scripted->rows->sequence, >, 40);
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *path;
    void (*test) (Fixture *f, gconstpointer data);
  } tests[] = {
    { "kinds", test_kinds },
    { "refusals", test_refusals },
    { "no-keeping", test_no_keeping },
    { "outcomes", test_outcomes },
    { "repeated", test_repeated },
    { "write-latency", test_write_latency },
    { "cancel", test_cancel },
    { "offline", test_offline },
    { "answers", test_answers },
    { "elsewhere", test_elsewhere },
    { "live", test_live },
    { "event-delay", test_event_delay },
    { "change-rate", test_change_rate },
  };
  int result;

  vlive_test_init (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      g_autofree char *path =
          g_strdup_printf ("/master/scripted-write/%s", tests[i].path);

      g_test_add (path, Fixture, NULL, set_up, tests[i].test, tear_down);
    }
  g_test_add_func ("/master/scripted-write/outcome-rate", test_outcome_rate);
  g_test_add_func ("/master/scripted-write/change-span", test_change_span);
  g_test_add_func ("/master/scripted-write/own-records", test_own_records);
  result = vlive_test_run ();
  vlive_test_assert_all_gone ();

  return result;
}
