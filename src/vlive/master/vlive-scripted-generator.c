/* vlive-scripted-generator.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "master/vlive-scripted-rows-private.h"

#include <string.h>

/*
 * Rows that nobody keeps: each is computed from its index and the seed.
 */

static const char *const column_names[VLIVE_SCRIPTED_N_COLUMNS] = {
  "id", "name", "number", "price", "date", "seen", "active", "colour", "note",
};

static const char *const colours[] = { "amber", "blue",  "coral", "green",
                                       "ivory", "olive", "plum",  NULL };

static const char *const first_words[] = {
  "Amber", "Brave", "Calm",   "Dusty",  "Early", "Fair",  "Golden", "Hidden",
  "Icy",   "Jolly", "Kindly", "Little", "Misty", "Noble", "Old",    "Polar",
};

static const char *const last_words[] = {
  "Acorn", "Badger",  "Candle", "Dolphin", "Ember",  "Falcon", "Garden", "Harbour",
  "Iris",  "Juniper", "Kettle", "Lantern", "Meadow", "Nettle", "Orchid", "Pebble",
};

static const char *const note_words[] = {
  "arrived", "before", "bright",  "by",    "carried", "cold",  "each",  "from",
  "garden",  "green",  "harbour", "held",  "its",     "light", "long",  "morning",
  "nobody",  "old",    "once",    "over",  "quiet",   "river", "slow",  "some",
  "stone",   "the",    "three",   "under", "warm",    "water", "where", "wind",
};

/* Any number of rows must fit an int64 ten times. */
#define NUMBER_STEP 10
/* 2000-01-01 and 2020-01-01, in days of GDate. */
#define DAY_2000 730120
#define DAY_2020 737425
#define DAY_SECONDS (24 * 60 * 60)

/* SplitMix64 (public domain), over what names the number. */
guint64
_vlive_scripted_mix (guint64 seed, guint64 index, guint64 salt)
{
  guint64 z = seed * G_GUINT64_CONSTANT (0xd1342543de82ef95)
              + index * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15)
              + salt * G_GUINT64_CONSTANT (0x2545f4914f6cdd1d)
              + G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);

  z = (z ^ (z >> 30)) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * G_GUINT64_CONSTANT (0x94d049bb133111eb);

  return z ^ (z >> 31);
}

VliveLayout *
_vlive_scripted_layout_new (void)
{
  return _vlive_layout_intern (column_names, VLIVE_SCRIPTED_N_COLUMNS);
}

VliveSchema *
_vlive_scripted_schema_new (void)
{
  VliveColumn *columns[] = {
    vlive_column_new ("id", VLIVE_VALUE_INTEGER, VLIVE_FORMAT_PLAIN, VLIVE_COLUMN_ID),
    vlive_column_new ("name", VLIVE_VALUE_TEXT, VLIVE_FORMAT_PLAIN, VLIVE_COLUMN_TITLE),
    vlive_column_new ("number", VLIVE_VALUE_INTEGER, VLIVE_FORMAT_PLAIN,
                      VLIVE_COLUMN_NONE),
    vlive_column_new ("price", VLIVE_VALUE_DOUBLE, VLIVE_FORMAT_PLAIN,
                      VLIVE_COLUMN_NONE),
    vlive_column_new ("date", VLIVE_VALUE_TEXT, VLIVE_FORMAT_DATE, VLIVE_COLUMN_NONE),
    vlive_column_new ("seen", VLIVE_VALUE_TEXT, VLIVE_FORMAT_DATE_TIME,
                      VLIVE_COLUMN_NONE),
    vlive_column_new ("active", VLIVE_VALUE_BOOLEAN, VLIVE_FORMAT_PLAIN,
                      VLIVE_COLUMN_NONE),
    vlive_column_new_choice ("colour", colours, VLIVE_COLUMN_NONE),
    vlive_column_new ("note", VLIVE_VALUE_TEXT, VLIVE_FORMAT_LONG_TEXT,
                      VLIVE_COLUMN_NULLABLE),
  };
  VliveSchema *schema = vlive_schema_new (columns, G_N_ELEMENTS (columns), TRUE);

  G_STATIC_ASSERT (G_N_ELEMENTS (columns) == VLIVE_SCRIPTED_N_COLUMNS);
  for (gsize i = 0; i < G_N_ELEMENTS (columns); i++)
    vlive_column_unref (columns[i]);

  return schema;
}

int
_vlive_scripted_find_column (const char *name)
{
  for (int i = 0; i < VLIVE_SCRIPTED_N_COLUMNS; i++)
    if (strcmp (column_names[i], name) == 0)
      return i;

  return -1;
}

gboolean
_vlive_scripted_column_grows (const char *name)
{
  int column = _vlive_scripted_find_column (name);

  return column == VLIVE_SCRIPTED_ID || column == VLIVE_SCRIPTED_NUMBER;
}

static void
format_day (char *text, gsize size, guint32 day, const char *end)
{
  GDate date;

  g_date_clear (&date, 1);
  g_date_set_julian (&date, day);
  g_snprintf (text, (gulong) size, "%04u-%02u-%02u%s", g_date_get_year (&date),
              g_date_get_month (&date), g_date_get_day (&date), end);
}

static void
set_text (VliveRecordBuilder *builder, guint column, const char *text)
{
  VliveValue value = VLIVE_VALUE_INIT_TEXT (text);

  _vlive_record_builder_set (builder, column, &value);
}

static void
make_name (VliveRecordBuilder *builder, guint64 seed, guint64 index)
{
  guint64 chance = _vlive_scripted_mix (seed, index, VLIVE_SCRIPTED_NAME);
  char text[64];

  g_snprintf (text, sizeof text, "%s %s %" G_GUINT64_FORMAT,
              first_words[chance % G_N_ELEMENTS (first_words)],
              last_words[(chance >> 8) % G_N_ELEMENTS (last_words)], index + 1);
  set_text (builder, VLIVE_SCRIPTED_NAME, text);
}

static void
make_date (VliveRecordBuilder *builder, guint64 seed, guint64 index)
{
  guint64 chance = _vlive_scripted_mix (seed, index, VLIVE_SCRIPTED_DATE);
  char text[32];

  format_day (text, sizeof text, (guint32) (DAY_2000 + chance % 9000), "");
  set_text (builder, VLIVE_SCRIPTED_DATE, text);
}

static void
make_seen (VliveRecordBuilder *builder, guint64 seed, guint64 index)
{
  guint64 chance = _vlive_scripted_mix (seed, index, VLIVE_SCRIPTED_SEEN);
  guint second = (guint) (chance % DAY_SECONDS);
  char end[16];
  char text[48];

  g_snprintf (end, sizeof end, "T%02u:%02u:%02uZ", second / 3600, second / 60 % 60,
              second % 60);
  format_day (text, sizeof text, (guint32) (DAY_2020 + (chance >> 32) % 2000), end);
  set_text (builder, VLIVE_SCRIPTED_SEEN, text);
}

/* One row in four has none. */
static void
make_note (VliveRecordBuilder *builder, guint64 seed, guint64 index)
{
  guint64 chance = _vlive_scripted_mix (seed, index, VLIVE_SCRIPTED_NOTE);
  VliveValue null = VLIVE_VALUE_INIT_NULL;
  guint n_words = 3 + (guint) (chance >> 8) % 9;
  char text[160] = "";
  gsize length = 0;

  if (chance % 4 == 0)
    {
      _vlive_record_builder_set (builder, VLIVE_SCRIPTED_NOTE, &null);
      return;
    }
  for (guint i = 0; i < n_words; i++)
    {
      guint word = (guint) _vlive_scripted_mix (chance, i, 0);

      length += (gsize) g_snprintf (text + length, (gulong) (sizeof text - length),
                                    "%s%s", i > 0 ? " " : "",
                                    note_words[word % G_N_ELEMENTS (note_words)]);
    }
  set_text (builder, VLIVE_SCRIPTED_NOTE, text);
}

/* Those that are no text. */
static void
make_plain (VliveRecordBuilder *builder, guint64 seed, guint64 index, guint column)
{
  guint64 chance = _vlive_scripted_mix (seed, index, column);
  VliveValue value = VLIVE_VALUE_INIT_NULL;

  switch (column)
    {
    case VLIVE_SCRIPTED_ID:
      value = (VliveValue) VLIVE_VALUE_INIT_INTEGER ((gint64) index + 1);
      break;
    case VLIVE_SCRIPTED_NUMBER:
      value = (VliveValue) VLIVE_VALUE_INIT_INTEGER (
          (gint64) (index * NUMBER_STEP + chance % NUMBER_STEP));
      break;
    case VLIVE_SCRIPTED_PRICE:
      value = (VliveValue) VLIVE_VALUE_INIT_DOUBLE ((double) (chance % 100000) / 100);
      break;
    case VLIVE_SCRIPTED_ACTIVE:
    default:
      value = (VliveValue) VLIVE_VALUE_INIT_BOOLEAN ((chance & 1) != 0);
      break;
    }
  _vlive_record_builder_set (builder, column, &value);
}

static void
make_column (VliveRecordBuilder *builder, guint64 seed, guint64 index, guint column)
{
  switch (column)
    {
    case VLIVE_SCRIPTED_NAME:
      make_name (builder, seed, index);
      break;
    case VLIVE_SCRIPTED_DATE:
      make_date (builder, seed, index);
      break;
    case VLIVE_SCRIPTED_SEEN:
      make_seen (builder, seed, index);
      break;
    case VLIVE_SCRIPTED_COLOUR:
      set_text (builder, column,
                colours[_vlive_scripted_mix (seed, index, column)
                        % (G_N_ELEMENTS (colours) - 1)]);
      break;
    case VLIVE_SCRIPTED_NOTE:
      make_note (builder, seed, index);
      break;
    default:
      make_plain (builder, seed, index, column);
      break;
    }
}

VliveRecord *
_vlive_scripted_make (VliveRecordBuilder *builder,
                      guint64 seed,
                      guint64 index,
                      guint columns)
{
  char id[24];

  g_snprintf (id, sizeof id, "%" G_GUINT64_FORMAT, index + 1);
  _vlive_record_builder_set_id (builder, id, TRUE);
  for (guint i = 0; i < VLIVE_SCRIPTED_N_COLUMNS; i++)
    if ((columns & (1u << i)) != 0)
      make_column (builder, seed, index, i);

  return _vlive_record_builder_end (builder);
}

VliveRecord *
_vlive_scripted_make_from (guint64 seed, guint64 index, VliveRecord *fields)
{
  g_autoptr (VliveLayout) layout = _vlive_scripted_layout_new ();
  g_autoptr (VliveRecordBuilder) builder = _vlive_record_builder_new (layout);
  g_autoptr (VliveRecord) computed = NULL;

  computed = _vlive_scripted_make (builder, seed, index, VLIVE_SCRIPTED_ALL_COLUMNS);

  return fields != NULL ? vlive_record_patch (computed, fields)
                        : g_steal_pointer (&computed);
}

gboolean
_vlive_scripted_parse_id (const char *id, gint64 *number)
{
  char text[24];

  if (!g_ascii_string_to_signed (id, 10, G_MININT64, G_MAXINT64, number, NULL))
    return FALSE;
  g_snprintf (text, sizeof text, "%" G_GINT64_FORMAT, *number);

  return strcmp (text, id) == 0;
}

static void
make_id_value (const char *id, VliveValueType type, VliveValue *value)
{
  gint64 number;

  *value = (VliveValue) VLIVE_VALUE_INIT_TEXT (id);
  if (type == VLIVE_VALUE_INTEGER && _vlive_scripted_parse_id (id, &number))
    *value = (VliveValue) VLIVE_VALUE_INIT_INTEGER (number);
}

VliveRecord *
_vlive_scripted_record_with_id (VliveRecord *fields,
                                const char *id,
                                VliveValueType type)
{
  VliveLayout *old = _vlive_record_get_layout (fields);
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  g_autoptr (VliveLayout) layout = NULL;
  g_autoptr (VliveRecordBuilder) builder = NULL;
  VliveValue value;

  if (_vlive_layout_find (old, "id") < 0)
    g_ptr_array_add (names, (char *) "id");
  for (guint i = 0; i < _vlive_layout_get_n_names (old); i++)
    g_ptr_array_add (names, (char *) _vlive_layout_get_name (old, i));
  layout = _vlive_layout_intern ((const char *const *) names->pdata, names->len);
  builder = _vlive_record_builder_new (layout);
  _vlive_record_builder_set_id (builder, id, TRUE);
  for (guint i = 0; i < _vlive_layout_get_n_names (layout); i++)
    {
      const char *name = _vlive_layout_get_name (layout, i);

      if (strcmp (name, "id") == 0)
        make_id_value (id, type, &value);
      else
        _vlive_record_peek_name (fields, name, &value);
      _vlive_record_builder_set (builder, i, &value);
    }

  return _vlive_record_builder_end (builder);
}
