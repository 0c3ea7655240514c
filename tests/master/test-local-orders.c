/* test-local-orders.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "local-fixture.h"
#include "master/vlive-local-order-private.h"

typedef struct
{
  char *folder;
  char *path;
  VliveLocalMaster *master;
  VliveLocalMaster *other; /* the same table, as another part of the program has it */
  GPtrArray *model;        /* VliveRecord, in the order of insertion */
  guint next_id;
} Fixture;

static void
setup (Fixture *fixture, gconstpointer data)
{
  fixture->folder = vlive_test_dup_folder ();
  fixture->path = g_build_filename (fixture->folder, "test.vlive", NULL);
  fixture->master = vlive_local_master_new (fixture->path, "things");
  fixture->other = vlive_local_master_new (fixture->path, "things");
  fixture->model = g_ptr_array_new_with_free_func ((GDestroyNotify) vlive_record_unref);
  fixture->next_id = 1;
  _vlive_local_order_threshold = 0;
}

static void
teardown (Fixture *fixture, gconstpointer data)
{
  g_clear_pointer (&fixture->model, g_ptr_array_unref);
  g_assert_finalize_object (fixture->master);
  g_assert_finalize_object (fixture->other);
  vlive_test_assert_all_gone ();
  g_assert_cmpuint (_vlive_local_n_files (), ==, 0);
  g_free (fixture->path);
  g_free (fixture->folder);
}

static void
reopen (Fixture *fixture)
{
  g_assert_finalize_object (fixture->master);
  g_assert_finalize_object (fixture->other);
  VLIVE_TEST_WAIT (_vlive_storage_n_open () == 0);
  fixture->master = vlive_local_master_new (fixture->path, "things");
  fixture->other = vlive_local_master_new (fixture->path, "things");
}

static VliveLocalMaster *
any_master (Fixture *fixture)
{
  return g_test_rand_bit () ? fixture->master : fixture->other;
}

/* More than are kept. */
static const char *const queries[] = {
  "",
  "sort=n",
  "sort=-n",
  "sort=text",
  "sort=-text,n",
  "sort=flag,-real,text",
  "sort=id",
  "sort=-id",
  "n>3",
  "n>3 sort=text",
  "text~a",
  "text~a n<=7 sort=-real",
  "none?",
  "none? sort=none,text",
  "search=b",
  "search=b sort=n",
  "n@1|2|x sort=-n",
  "flag=true",
  "n!=4 sort=real",
};

static const char *const texts[] = {
  "",
  "a",
  "A",
  "b",
  "B",
  "ab",
  "aB",
  "Ab",
  "é",
  "É",
  "e",
  "zebra",
  "Zebra",
  "ß",
  "ss",
  "a long text that begins like another one, and goes on for more than fits into a "
  "key: 1",
  "a long text that begins like another one, and goes on for more than fits into a "
  "key: 2",
};

/* Fields of all sorts: missing, null, several types. */
static VliveRecord *
random_fields (void)
{
  GVariantDict dict;
  g_autoptr (GVariant) fields = NULL;
  g_autoptr (GError) error = NULL;
  VliveRecord *record;

  g_variant_dict_init (&dict, NULL);
  if (g_test_rand_int_range (0, 4) > 0)
    g_variant_dict_insert (&dict, "n", "x", (gint64) g_test_rand_int_range (-3, 10));
  else if (g_test_rand_bit ())
    g_variant_dict_insert (&dict, "n", "s", "x");
  if (g_test_rand_int_range (0, 5) > 0)
    g_variant_dict_insert (&dict, "text", "s",
                           texts[g_test_rand_int_range (0, G_N_ELEMENTS (texts))]);
  if (g_test_rand_int_range (0, 5) > 0)
    g_variant_dict_insert (&dict, "real", "d", g_test_rand_int_range (-8, 8) / 4.0);
  if (g_test_rand_bit ())
    g_variant_dict_insert (&dict, "flag", "b", g_test_rand_bit ());
  if (g_test_rand_bit ())
    g_variant_dict_insert (&dict, "none", "@mv",
                           g_variant_new_maybe (G_VARIANT_TYPE_VARIANT, NULL));
  else if (g_test_rand_bit ())
    g_variant_dict_insert (&dict, "none", "x", (gint64) g_test_rand_int_range (0, 3));
  fields = g_variant_ref_sink (g_variant_dict_end (&dict));
  record = vlive_record_new_from_variant (NULL, fields, &error);
  g_assert_no_error (error);

  return record;
}

static VliveRecord *
apply (Fixture *fixture, VliveWriteOp op, const char *id, VliveRecord *fields)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VliveReply) reply =
      local_apply (any_master (fixture), op, id, fields, &error);

  g_assert_no_error (error);

  return vlive_reply_get_record (reply) != NULL
             ? vlive_record_ref (vlive_reply_get_record (reply))
             : NULL;
}

static void
insert (Fixture *fixture)
{
  g_autoptr (VliveRecord) fields = random_fields ();
  g_autofree char *id = NULL;

  if (g_test_rand_int_range (0, 3) == 0)
    id = g_strdup_printf ("t%08x", g_test_rand_int ());
  else
    id = g_strdup_printf ("%u", fixture->next_id++);
  g_ptr_array_add (fixture->model, apply (fixture, VLIVE_WRITE_INSERT, id, fields));
}

static void
change (Fixture *fixture)
{
  g_autoptr (VliveRecord) fields = random_fields ();
  guint at = (guint) g_test_rand_int_range (0, (gint32) fixture->model->len);
  g_autofree char *id = g_strdup (vlive_record_get_id (fixture->model->pdata[at]));
  VliveWriteOp op = g_test_rand_bit () ? VLIVE_WRITE_PATCH : VLIVE_WRITE_REPLACE;

  vlive_record_unref (fixture->model->pdata[at]);
  fixture->model->pdata[at] = apply (fixture, op, id, fields);
}

static void delete (Fixture *fixture)
{
  guint at = (guint) g_test_rand_int_range (0, (gint32) fixture->model->len);

  g_assert_null (apply (fixture, VLIVE_WRITE_DELETE,
                        vlive_record_get_id (fixture->model->pdata[at]), NULL));
  g_ptr_array_remove_index (fixture->model, at);
}

/* What the records of a page must be. */
static int
compare_records (gconstpointer a, gconstpointer b, gpointer data)
{
  return _vlive_query_plan_compare (data, *(VliveRecord *const *) a,
                                    *(VliveRecord *const *) b);
}

static GPtrArray *
answer (Fixture *fixture, VliveQuery *query)
{
  g_autoptr (VliveQueryPlan) plan = _vlive_query_plan_new (query);
  GPtrArray *records = g_ptr_array_new ();

  for (guint i = 0; i < fixture->model->len; i++)
    if (_vlive_query_plan_matches (plan, fixture->model->pdata[i]))
      g_ptr_array_add (records, fixture->model->pdata[i]);
  if (vlive_query_get_n_sort_keys (query) > 0)
    g_ptr_array_sort_with_data (records, compare_records, plan);

  return records;
}

static void
assert_query (Fixture *fixture, const char *text)
{
  g_autoptr (VliveQuery) query = local_query (text);
  g_autoptr (GPtrArray) expected = answer (fixture, query);
  guint64 offset = (guint64) g_test_rand_int_range (0, (gint32) expected->len + 2);
  guint limit = (guint) g_test_rand_int_range (1, 200);
  g_autoptr (VlivePage) page = NULL;
  g_autoptr (GError) error = NULL;
  guint64 total = 0;
  guint n;

  if (g_test_rand_int_range (0, 8) == 0)
    offset = limit = 0;
  page = local_fetch (any_master (fixture), query, offset, limit, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (vlive_page_get_total (page, &total), ==, VLIVE_TOTAL_EXACT);
  g_assert_cmpuint (total, ==, expected->len);
  n = offset < expected->len ? (guint) (expected->len - offset) : 0;
  if (limit > 0)
    n = MIN (n, limit);
  g_assert_cmpuint (vlive_page_get_n_records (page), ==, n);
  for (guint i = 0; i < n; i++)
    {
      g_assert_cmpstr (vlive_record_get_id (vlive_page_get_record (page, i)), ==,
                       vlive_record_get_id (expected->pdata[offset + i]));
      g_assert_true (vlive_record_equal (vlive_page_get_record (page, i),
                                         expected->pdata[offset + i]));
    }
  if (g_test_rand_int_range (0, 4) == 0)
    g_assert_cmpuint (local_count (any_master (fixture), query), ==, expected->len);
}

static void
fill (Fixture *fixture, guint n)
{
  g_autoptr (GPtrArray) records =
      g_ptr_array_new_with_free_func ((GDestroyNotify) vlive_record_unref);
  g_autoptr (VlivePage) page = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (VliveRecord) fields = random_fields ();
      g_autofree char *id = g_strdup_printf ("%u", fixture->next_id++);

      g_ptr_array_add (records, _vlive_record_with_id (fields, id, TRUE));
    }
  g_assert_true (local_replace_all (fixture->master, records, &error));
  g_assert_no_error (error);
  page = local_fetch (fixture->master, NULL, 0, 0, NULL, &error);
  g_ptr_array_set_size (fixture->model, 0);
  for (guint i = 0; i < n; i++)
    g_ptr_array_add (fixture->model,
                     vlive_record_ref (vlive_page_get_record (page, i)));
}

static void
random_op (Fixture *fixture)
{
  int op = g_test_rand_int_range (0, 100);

  if (op < 15 || fixture->model->len == 0)
    insert (fixture);
  else if (op < 40)
    change (fixture);
  else if (op < 52)
    delete (fixture);
  else
    assert_query (fixture, queries[g_test_rand_int_range (0, G_N_ELEMENTS (queries))]);
}

/* Against an array: whatever is written and asked, by whom, and when. */
static void
test_random (Fixture *fixture, gconstpointer data)
{
  guint n_orders = 0;

  fill (fixture, 1500);
  for (guint round = 0; round < 6; round++)
    {
      for (guint i = 0; i < 160; i++)
        random_op (fixture);
      local_check (fixture->master, &n_orders);
      g_assert_cmpuint (n_orders, <=, VLIVE_LOCAL_MAX_ORDERS);
      if (round % 3 == 2)
        reopen (fixture);
      if (round == 4)
        {
          local_do (fixture->master, VLIVE_WRITE_DELETE_ALL, NULL, NULL);
          g_ptr_array_set_size (fixture->model, 0);
        }
      for (guint i = 0; i < G_N_ELEMENTS (queries); i++)
        assert_query (fixture, queries[i]);
    }
  local_check (fixture->master, &n_orders);
  g_assert_cmpuint (n_orders, >, 0);
}

/* The same without orders in the file. */
static void
test_random_small (Fixture *fixture, gconstpointer data)
{
  guint n_orders = 0;

  _vlive_local_order_threshold = 1024;
  fill (fixture, 100);
  for (guint i = 0; i < 500; i++)
    random_op (fixture);
  local_check (fixture->master, &n_orders);
  g_assert_cmpuint (n_orders, ==, 0);
}

static guint
get_n_orders (Fixture *fixture)
{
  guint n = 0;

  local_check (fixture->master, &n);

  return n;
}

static void
use (Fixture *fixture, const char *text)
{
  g_autoptr (VliveQuery) query = local_query (text);

  g_free (local_ids (fixture->master, query, 0, 1));
}

static gboolean is_kept (Fixture *fixture, const char *text);

/* One that is being made is put into the file before long. */
static void
use_and_wait (Fixture *fixture, const char *text)
{
  use (fixture, text);
  VLIVE_TEST_WAIT (is_kept (fixture, text));
}

typedef struct
{
  VliveLocalJob job;
  VliveQuery *query;
  gboolean check; /* only one without damage counts */
  gboolean found;
  gboolean done;
} KeptJob;

static gboolean
kept_run (VliveLocalJob *job, VliveTxn *txn, GError **error)
{
  KeptJob *self = (KeptJob *) job;
  g_auto (VliveLocalTable) table = { 0 };
  g_autoptr (VliveLocalIndex) index = NULL;
  guint8 hash[32];
  VliveLocalKey key;
  VliveSpan span;

  g_assert_true (_vlive_local_table_open (&table, job->file, txn, "things", error));
  _vlive_local_query_hash (self->query, hash);
  _vlive_local_table_part_key (&key, 'o', table.record.id);
  if (!_vlive_txn_get_sealed (txn, VLIVE_LOCAL_TABLES, VLIVE_LOCAL_SPAN (&key), &span))
    return TRUE;
  for (gsize at = 0; at < span.size; at += VLIVE_LOCAL_ORDER_LINE_SIZE)
    {
      VliveLocalOrderLine line;

      _vlive_local_order_line_decode (&line, span.data + at);
      if (memcmp (line.hash, hash, sizeof hash) != 0)
        continue;
      self->found = TRUE;
      if (self->check)
        index = _vlive_local_index_load (txn, line.order, FALSE);
      if (self->check)
        self->found = line.collation == _vlive_local_get_collation () && index != NULL
                      && _vlive_local_index_check (index);
    }

  return TRUE;
}

static void
kept_done (VliveLocalJob *job, const GError *error)
{
  g_assert_no_error (error);
  ((KeptJob *) job)->done = TRUE;
}

static void
kept_free (VliveLocalJob *job)
{
}

/* Looks without using it. */
static gboolean
look_for (Fixture *fixture, const char *text, gboolean check)
{
  g_autoptr (VliveQuery) query = local_query (text);
  KeptJob job = { .job = { .run = kept_run, .done = kept_done, .free = kept_free },
                  .query = query,
                  .check = check };

  _vlive_local_file_run (_vlive_local_master_get_file (fixture->master), &job.job,
                         VLIVE_LOCAL_READ, NULL);
  VLIVE_TEST_WAIT (job.done);

  return job.found;
}

static gboolean
is_kept (Fixture *fixture, const char *text)
{
  return look_for (fixture, text, FALSE);
}

/* Eight are kept, and the one used longest ago goes. */
static void
test_least_used (Fixture *fixture, gconstpointer data)
{
  LocalStats stats;

  fill (fixture, 50);
  for (guint i = 1; i <= VLIVE_LOCAL_MAX_ORDERS; i++)
    use_and_wait (fixture, queries[i]);
  g_assert_cmpuint (get_n_orders (fixture), ==, VLIVE_LOCAL_MAX_ORDERS);
  use (fixture, queries[1]);
  use_and_wait (fixture, queries[9]);
  g_assert_cmpuint (get_n_orders (fixture), ==, VLIVE_LOCAL_MAX_ORDERS);
  g_assert_true (is_kept (fixture, queries[1]));
  g_assert_false (is_kept (fixture, queries[2]));
  g_assert_true (is_kept (fixture, queries[3]));

  /* Its parts are swept: root, query, chunk and block of each, less where
   * nothing matches, and the natural order's root and chunk. */
  local_wait_swept (fixture->master);
  local_stats (fixture->master, &stats);
  g_assert_cmpuint (stats.orders, <=, 4 * VLIVE_LOCAL_MAX_ORDERS + 2);

  /* They are there after a restart, and follow what is written then. */
  reopen (fixture);
  g_assert_true (is_kept (fixture, queries[1]));
  g_assert_cmpuint (get_n_orders (fixture), ==, VLIVE_LOCAL_MAX_ORDERS);
  change (fixture);
  insert (fixture);
  delete (fixture);
  for (guint i = 0; i < G_N_ELEMENTS (queries); i++)
    assert_query (fixture, queries[i]);
}

/* An order that is on its way into the file answers meanwhile, with what was
 * written since. */
static void
test_pending (Fixture *fixture, gconstpointer data)
{
  g_autoptr (VliveQuery) query = local_query ("sort=n");
  GAsyncResult *results[20] = { NULL };
  guint n_done = 0;

  fill (fixture, 3000);
  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    {
      vlive_master_fetch_window_async (VLIVE_MASTER (any_master (fixture)), query, 0,
                                       10, NULL, NULL, vlive_test_result_cb,
                                       &results[i]);
      if (i % 5 == 0)
        change (fixture);
    }
  while (n_done < G_N_ELEMENTS (results))
    {
      g_autoptr (VlivePage) page = NULL;
      g_autoptr (GError) error = NULL;

      VLIVE_TEST_WAIT (results[n_done] != NULL);
      page = vlive_master_fetch_window_finish (VLIVE_MASTER (fixture->master),
                                               results[n_done], &error);
      g_assert_no_error (error);
      g_assert_cmpuint (vlive_page_get_n_records (page), ==, 10);
      g_object_unref (results[n_done++]);
    }
  assert_query (fixture, "sort=n");
  VLIVE_TEST_WAIT (is_kept (fixture, "sort=n"));
  assert_query (fixture, "sort=n");
  g_assert_cmpuint (get_n_orders (fixture), ==, 1);
}

/* A build and what it becomes when the table changes. */
typedef struct
{
  VliveLocalJob job;
  VliveQuery *query;
  VliveLocalBuild *build; /* to be brought up to date; NULL: to be made */
  VliveLocalBuild *result;
  gboolean done;
} BuildJob;

static gboolean
build_run (VliveLocalJob *job, VliveTxn *txn, GError **error)
{
  BuildJob *self = (BuildJob *) job;
  g_auto (VliveLocalTable) table = { 0 };

  g_assert_true (_vlive_local_table_open (&table, job->file, txn, "things", error));
  if (self->build == NULL)
    self->result = _vlive_local_build_new (&table, self->query, NULL, error);
  else
    self->result = _vlive_local_build_replay (self->build, &table);

  return TRUE;
}

static void
build_done (VliveLocalJob *job, const GError *error)
{
  g_assert_no_error (error);
  ((BuildJob *) job)->done = TRUE;
}

static VliveLocalBuild *
build (Fixture *fixture, VliveQuery *query, VliveLocalBuild *since)
{
  BuildJob job = { .job = { .run = build_run, .done = build_done, .free = kept_free },
                   .query = query,
                   .build = since };

  _vlive_local_file_run (_vlive_local_master_get_file (fixture->master), &job.job,
                         VLIVE_LOCAL_READ, NULL);
  VLIVE_TEST_WAIT (job.done);

  return job.result;
}

static void
test_replay (Fixture *fixture, gconstpointer data)
{
  fill (fixture, 400);
  for (guint i = 1; i < G_N_ELEMENTS (queries); i++)
    {
      g_autoptr (VliveQuery) query = local_query (queries[i]);
      g_autoptr (VliveLocalBuild) old = build (fixture, query, NULL);
      g_autoptr (VliveLocalBuild) same = build (fixture, query, old);
      g_autoptr (VliveLocalBuild) replayed = NULL;
      g_autoptr (VliveLocalBuild) made = NULL;

      g_assert_true (same == old);
      for (guint j = 0; j < 12; j++)
        {
          insert (fixture);
          change (fixture);
          delete (fixture);
        }
      replayed = build (fixture, query, old);
      made = build (fixture, query, NULL);
      g_assert_nonnull (replayed);
      g_assert_cmpmem (_vlive_local_build_get_rows (replayed),
                       _vlive_local_build_get_n_rows (replayed) * sizeof (guint64),
                       _vlive_local_build_get_rows (made),
                       _vlive_local_build_get_n_rows (made) * sizeof (guint64));
    }
}

/* The log does not tell what became of it. */
static void
test_replay_lost (Fixture *fixture, gconstpointer data)
{
  g_autoptr (VliveQuery) query = local_query ("sort=n");
  g_autoptr (VliveLocalBuild) old = NULL;

  fill (fixture, 10);
  old = build (fixture, query, NULL);
  local_do (fixture->master, VLIVE_WRITE_DELETE_ALL, NULL, NULL);
  g_assert_null (build (fixture, query, old));
}

/* Reaches into the file. */
typedef struct
{
  VliveLocalJob job;
  char part; /* of every order: written over; 'l': their collation is another,
              * 'u': they were used long ago */
  gboolean done;
} SpoilJob;

static gboolean
spoil_run (VliveLocalJob *job, VliveTxn *txn, GError **error)
{
  SpoilJob *self = (SpoilJob *) job;
  g_auto (VliveLocalTable) table = { 0 };
  g_autoptr (GByteArray) lines = g_byte_array_new ();
  VliveLocalKey key;
  VliveSpan span;

  g_assert_true (_vlive_local_table_open (&table, job->file, txn, "things", error));
  _vlive_local_table_part_key (&key, 'o', table.record.id);
  g_assert_true (
      _vlive_txn_get_sealed (txn, VLIVE_LOCAL_TABLES, VLIVE_LOCAL_SPAN (&key), &span));
  g_byte_array_append (lines, span.data, (guint) span.size);
  for (gsize at = 0; at < lines->len; at += VLIVE_LOCAL_ORDER_LINE_SIZE)
    {
      VliveLocalOrderLine line;
      VliveLocalKey part;

      _vlive_local_order_line_decode (&line, lines->data + at);
      if (self->part == 'l' || self->part == 'u')
        {
          line.collation += self->part == 'l';
          line.last_used = self->part == 'u' ? 1 : line.last_used;
          _vlive_local_order_line_encode (&line, lines->data + at);
          continue;
        }
      _vlive_local_order_key (&part, line.order, self->part,
                              self->part == 'b'   ? 2
                              : self->part == 'c' ? 1
                                                  : 0);
      _vlive_txn_put (txn, VLIVE_LOCAL_ORDERS, VLIVE_LOCAL_SPAN (&part),
                      VLIVE_SPAN ("bad", 3));
    }
  _vlive_txn_put_sealed (txn, VLIVE_LOCAL_TABLES, VLIVE_LOCAL_SPAN (&key),
                         VLIVE_SPAN (lines->data, lines->len));

  return TRUE;
}

static void
spoil_done (VliveLocalJob *job, const GError *error)
{
  g_assert_no_error (error);
  ((SpoilJob *) job)->done = TRUE;
}

static void
spoil (Fixture *fixture, char part)
{
  SpoilJob job = { .job = { .run = spoil_run, .done = spoil_done, .free = kept_free },
                   .part = part };

  _vlive_local_file_run (_vlive_local_master_get_file (fixture->master), &job.job,
                         VLIVE_LOCAL_WRITE, NULL);
  VLIVE_TEST_WAIT (job.done);
  _vlive_warn_forget (fixture->path);
}

static gboolean
is_sound (gpointer data)
{
  Fixture *fixture = data;
  g_autoptr (VliveQuery) query = local_query ("sort=n");
  g_autoptr (GError) error = NULL;
  g_autoptr (VlivePage) page = local_fetch (fixture->master, query, 0, 1, NULL, &error);
  LocalStats stats;

  g_assert_no_error (error);
  g_assert_nonnull (page);
  /* In this order: the new one is kept and the old one doomed in one go. */
  if (!look_for (fixture, "sort=n", TRUE))
    return FALSE;
  local_stats (fixture->master, &stats);

  /* Natural: root and chunk; ours: root, chunk, block and query. */
  return stats.doomed == 0 && stats.orders == 6;
}

/* A damaged order costs one warning, and is made anew: by who reads... */
static void
test_damage_read (Fixture *fixture, gconstpointer data)
{
  static const char parts[] = { 'b', 'c', 'r' };

  fill (fixture, 50);
  use_and_wait (fixture, "sort=n");
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      spoil (fixture, parts[i]);
      vlive_test_expect ("*is damaged and was left out*");
      if (parts[i] != 'r')
        vlive_test_expect ("*An order of the table things in * is damaged*");
      assert_query (fixture, "sort=n");
      g_assert_true (vlive_test_wait (is_sound, fixture));
      assert_query (fixture, "sort=n");
      local_check (fixture->master, NULL);
    }
}

/* ... and by who writes. */
static void
test_damage_write (Fixture *fixture, gconstpointer data)
{
  static const char parts[] = { 'b', 'c', 'r', 'q' };

  fill (fixture, 50);
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      use_and_wait (fixture, "sort=n");
      if (parts[i] == 'q')
        reopen (fixture);
      spoil (fixture, parts[i]);
      vlive_test_expect ("*is damaged and was left out*");
      vlive_test_expect ("*An order of the table things in * did not fit its rows*");
      insert (fixture);
      g_assert_false (is_kept (fixture, "sort=n"));
      assert_query (fixture, "sort=n");
      vlive_test_assert_expected ();
    }
}

/* An order that another comparator made is neither used nor followed. */
static void
test_collation (Fixture *fixture, gconstpointer data)
{
  fill (fixture, 50);
  use_and_wait (fixture, "sort=n");
  spoil (fixture, 'l');
  assert_query (fixture, "sort=n");
  g_assert_true (vlive_test_wait (is_sound, fixture));
  g_assert_cmpuint (get_n_orders (fixture), ==, 1);
  spoil (fixture, 'l');
  insert (fixture);
  g_assert_false (is_kept (fixture, "sort=n"));
  assert_query (fixture, "sort=n");
}

/* When an order was used is written down now and then, for who opens the file
 * next. */
static void
test_use_is_written (Fixture *fixture, gconstpointer data)
{
  fill (fixture, 50);
  for (guint i = 1; i <= VLIVE_LOCAL_MAX_ORDERS; i++)
    use_and_wait (fixture, queries[i]);
  reopen (fixture);
  use (fixture, queries[9]);
  VLIVE_TEST_WAIT (!is_kept (fixture, queries[1]));
  spoil (fixture, 'u');
  reopen (fixture);
  use (fixture, queries[2]);
  /* Behind the writing down that it asked for. */
  insert (fixture);
  reopen (fixture);
  use (fixture, queries[10]);
  VLIVE_TEST_WAIT (is_kept (fixture, queries[10]));
  g_assert_true (is_kept (fixture, queries[2]));
}

/* A row that is damaged is an error with words, not a crash and no other row. */
typedef struct
{
  VliveLocalJob job;
  gboolean done;
} RowJob;

static gboolean
row_run (VliveLocalJob *job, VliveTxn *txn, GError **error)
{
  g_auto (VliveLocalTable) table = { 0 };
  VliveLocalKey key;

  g_assert_true (_vlive_local_table_open (&table, job->file, txn, "things", error));
  _vlive_local_row_key (&key, VLIVE_LOCAL_ROW (table.record.generation, 7));
  _vlive_txn_put (txn, VLIVE_LOCAL_ROWS, VLIVE_LOCAL_SPAN (&key),
                  VLIVE_SPAN ("bad bytes", 9));

  return TRUE;
}

static void
row_done (VliveLocalJob *job, const GError *error)
{
  ((RowJob *) job)->done = TRUE;
}

static void
assert_damaged (Fixture *fixture, const char *text, guint64 offset)
{
  g_autoptr (VliveQuery) query = local_query (text);
  g_autoptr (GError) error = NULL;

  g_assert_null (local_fetch (fixture->master, query, offset, 20, NULL, &error));
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_CORRUPT);
  g_assert_nonnull (strstr (error->message, "The table things in "));
  g_assert_nonnull (strstr (error->message, "is damaged (one of its rows)"));
}

static void
test_damaged_row (Fixture *fixture, gconstpointer data)
{
  RowJob job = { .job = { .run = row_run, .done = row_done, .free = kept_free } };
  g_autoptr (VlivePage) page = NULL;
  g_autoptr (VliveRecord) fields = random_fields ();
  g_autoptr (GError) error = NULL;
  g_autofree char *id = NULL;

  fill (fixture, 50);
  use_and_wait (fixture, "sort=n");
  id = g_strdup (vlive_record_get_id (fixture->model->pdata[7]));
  _vlive_local_file_run (_vlive_local_master_get_file (fixture->master), &job.job,
                         VLIVE_LOCAL_WRITE, NULL);
  VLIVE_TEST_WAIT (job.done);

  page = local_fetch (fixture->master, NULL, 10, 20, NULL, &error);
  g_assert_no_error (error);
  assert_damaged (fixture, "", 0);
  assert_damaged (fixture, "n>0", 0);
  g_assert_null (local_get (fixture->master, id, &error));
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_CORRUPT);
  g_clear_error (&error);
  g_assert_null (local_apply (fixture->master, VLIVE_WRITE_PATCH, id, fields, &error));
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_CORRUPT);
  g_clear_error (&error);

  /* It can be deleted. */
  g_ptr_array_remove_index (fixture->model, 7);
  local_do (fixture->master, VLIVE_WRITE_DELETE, id, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (queries); i++)
    assert_query (fixture, queries[i]);
}

/* A cancelled build ends soon, and leaves nothing. */
static void
test_cancel (Fixture *fixture, gconstpointer data)
{
  g_autoptr (VliveQuery) query = local_query ("sort=n");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  fill (fixture, 4000);
  vlive_master_fetch_window_async (VLIVE_MASTER (fixture->master), query, 0, 10, NULL,
                                   cancellable, vlive_test_result_cb, &result);
  g_cancellable_cancel (cancellable);
  VLIVE_TEST_WAIT (result != NULL);
  g_assert_null (vlive_master_fetch_window_finish (VLIVE_MASTER (fixture->master),
                                                   result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  assert_query (fixture, "sort=n");
}

/* "Not modified" tells the total where an order has it. */
static void
test_not_modified (Fixture *fixture, gconstpointer data)
{
  g_autoptr (VliveQuery) kept = local_query ("n>3 sort=n");
  g_autoptr (VliveQuery) unknown = local_query ("n>5");
  g_autoptr (VlivePage) page = NULL;
  g_autoptr (VlivePage) same = NULL;
  g_autoptr (VlivePage) other = NULL;
  g_autoptr (GError) error = NULL;
  guint64 total = 0;
  guint64 total_again = 0;

  fill (fixture, 100);
  page = local_fetch (fixture->master, kept, 0, 10, NULL, &error);
  VLIVE_TEST_WAIT (is_kept (fixture, "n>3 sort=n"));
  same = local_fetch (fixture->master, kept, 0, 10, vlive_page_get_validator (page),
                      &error);
  g_assert_true (vlive_page_is_not_modified (same));
  g_assert_cmpint (vlive_page_get_total (page, &total), ==, VLIVE_TOTAL_EXACT);
  g_assert_cmpint (vlive_page_get_total (same, &total_again), ==, VLIVE_TOTAL_EXACT);
  g_assert_cmpuint (total, ==, total_again);
  other = local_fetch (fixture->master, unknown, 0, 10, vlive_page_get_validator (page),
                       &error);
  g_assert_true (vlive_page_is_not_modified (other));
  g_assert_cmpint (vlive_page_get_total (other, &total), ==, VLIVE_TOTAL_UNKNOWN);
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, setup, func, teardown)

int
main (int argc, char *argv[])
{
  vlive_test_init (&argc, &argv);
  ADD ("/master/local-orders/random", test_random);
  ADD ("/master/local-orders/random-small", test_random_small);
  ADD ("/master/local-orders/least-used", test_least_used);
  ADD ("/master/local-orders/pending", test_pending);
  ADD ("/master/local-orders/replay", test_replay);
  ADD ("/master/local-orders/replay-lost", test_replay_lost);
  ADD ("/master/local-orders/damage-read", test_damage_read);
  ADD ("/master/local-orders/damage-write", test_damage_write);
  ADD ("/master/local-orders/collation", test_collation);
  ADD ("/master/local-orders/use-is-written", test_use_is_written);
  ADD ("/master/local-orders/damaged-row", test_damaged_row);
  ADD ("/master/local-orders/cancel", test_cancel);
  ADD ("/master/local-orders/not-modified", test_not_modified);

  return vlive_test_run ();
}
