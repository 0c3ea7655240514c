/* bench-record.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "bench.h"

#include "record/vlive-record-private.h"

typedef struct
{
  char *json; /* owned */
  gsize length;
  GPtrArray *records; /* owned; 100 of them */
  int column;
} Data;

static JsonNode *
parse (const Data *data)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;

  json_parser_load_from_data (parser, data->json, (gssize) data->length, &error);
  g_assert_no_error (error);

  return json_parser_steal_root (parser);
}

/* json-glib's own parse: the peer, and the first half of ours. */
static void
peer_parse (gpointer user_data, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (JsonNode) root = parse (user_data);

      bench_sink += json_array_get_length (json_node_get_array (root));
    }
}

static GPtrArray *
answer_to_records (const Data *data)
{
  const VliveJsonContext context = { .id_field = "id", .id_prefix = "bench" };
  g_autoptr (JsonNode) root = parse (data);
  g_autoptr (GError) error = NULL;
  GPtrArray *records = _vlive_records_from_json (json_node_get_array (root), data->json,
                                                 data->length, &context, NULL, &error);

  g_assert_no_error (error);

  return records;
}

static void
ours_parse (gpointer user_data, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GPtrArray) records = answer_to_records (user_data);

      bench_sink += records->len;
    }
}

static void
ours_field (gpointer user_data, guint n)
{
  Data *data = user_data;
  VliveValue value;

  for (guint i = 0; i < n; i++)
    {
      _vlive_record_peek (data->records->pdata[i % 100], (guint) data->column, &value);
      bench_sink += value.len;
    }
}

static void
ours_field_by_name (gpointer user_data, guint n)
{
  Data *data = user_data;

  for (guint i = 0; i < n; i++)
    bench_sink +=
        (guint8) vlive_record_get_text (data->records->pdata[i % 100], "note")[0];
}

int
main (int argc, char *argv[])
{
  Data data = { NULL };
  VliveLayout *layout;

  bench_init (&argc, &argv, "record");
  data.json = bench_dup_json (100, 1);
  data.length = strlen (data.json);
  data.records = answer_to_records (&data);
  layout = _vlive_record_get_layout (data.records->pdata[0]);
  data.column = _vlive_layout_find (layout, "note");
  g_assert_cmpint (data.column, >=, 0);

  bench_pair ("JSON answer of 100 rows to records", "json-glib's parse", 1.3,
              ours_parse, peer_parse, &data, 200);
  bench_single ("read one field of a record, by index", 0.030, ours_field, &data,
                2000000);
  bench_single ("read one field of a record, by name", 0.030, ours_field_by_name, &data,
                2000000);

  g_ptr_array_unref (data.records);
  g_free (data.json);

  return bench_end ();
}
