/* test-profile.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "master-sync.h"

#include <glib/gstdio.h>

#include "master/vlive-profile-private.h"

#define HEAD "[profile]\nname=mine\nbase-url=https://example.org/api\n"

static void
test_shipped (void)
{
  static const struct
  {
    const char *name;
    const char *title;
    const char *base_url;
    guint n_resources;
    VliveCapabilities can;
    VliveCapabilities cannot;
  } shipped[] = {
    { "jsonplaceholder", "JSONPlaceholder", "https://jsonplaceholder.typicode.com", 6,
      VLIVE_CAN_GET | VLIVE_CAN_FILTER | VLIVE_CAN_SORT | VLIVE_CAN_SEARCH
          | VLIVE_CAN_WINDOW | VLIVE_CAN_COUNT | VLIVE_CAN_READ_CONDITIONALLY
          | VLIVE_CAN_INSERT | VLIVE_CAN_PATCH | VLIVE_CAN_REPLACE | VLIVE_CAN_DELETE,
      VLIVE_KEEPS_WRITES | VLIVE_CAN_SORT_MANY | VLIVE_CAN_CLEAR | VLIVE_SAME_ORDER
          | VLIVE_CAN_REPEAT_WRITES | VLIVE_CAN_CHECK_WRITES | VLIVE_CAN_SUBSCRIBE },
    { "json-server", "json-server", "http://localhost:3000", 0,
      VLIVE_CAN_GET | VLIVE_CAN_FILTER | VLIVE_CAN_SORT | VLIVE_CAN_SORT_MANY
          | VLIVE_KEEPS_WRITES | VLIVE_CAN_INSERT,
      VLIVE_CAN_CLEAR | VLIVE_CAN_REPEAT_WRITES },
    { "dummyjson", "DummyJSON", "https://dummyjson.com", 8,
      VLIVE_CAN_GET | VLIVE_CAN_SORT | VLIVE_CAN_SEARCH | VLIVE_CAN_COUNT
          | VLIVE_CAN_INSERT,
      VLIVE_KEEPS_WRITES | VLIVE_CAN_FILTER | VLIVE_CAN_SORT_MANY },
  };

  for (guint i = 0; i < G_N_ELEMENTS (shipped); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (VliveProfile) profile = vlive_profile_load (shipped[i].name, &error);
      VliveCapabilities capabilities;

      g_assert_no_error (error);
      g_assert_cmpstr (vlive_profile_get_name (profile), ==, shipped[i].name);
      g_assert_cmpstr (vlive_profile_get_title (profile), ==, shipped[i].title);
      g_assert_cmpstr (vlive_profile_get_base_url (profile), ==, shipped[i].base_url);
      g_assert_cmpuint (g_strv_length ((char **) vlive_profile_get_resources (profile)),
                        ==, shipped[i].n_resources);
      capabilities = _vlive_profile_get_capabilities (profile);
      g_assert_cmphex (capabilities & shipped[i].can, ==, shipped[i].can);
      g_assert_cmphex (capabilities & shipped[i].cannot, ==, 0);
    }
}

static void
assert_invalid (const char *text, const char *pattern)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (vlive_profile_new_from_data (text, -1, &error));
  assert_error_says (error, VLIVE_ERROR_INVALID, pattern);
}

/* What has no effect is told, and so is what makes no sense. */
static void
test_invalid (void)
{
  assert_invalid ("", "*a profile needs a name");
  assert_invalid ("nonsense", "This is no profile: *");
  assert_invalid ("[profile]\nname=x\n", "*a profile needs a base URL");
  assert_invalid ("[profile]\nname=x\nbase-url=example.org\n",
                  "*not an address such as*");
  assert_invalid ("[profile]\nname=x\nbase-url=ftp://example.org\n",
                  "*not an address such as*");
  assert_invalid ("[profile]\nname=x\nbase-url=http://\n", "*not an address such as*");
  assert_invalid (HEAD "baseurl=x\n", "?profile] baseurl: there is no such key");
  assert_invalid (HEAD "[reading]\n", "?reading] : there is no such group");
  assert_invalid (HEAD "[read]\npaging=sometimes\n",
                  "?read] paging: “sometimes” is none of none, skip, page");
  assert_invalid (HEAD "[read]\npaging=skip\n", "*limit-parameter: paging needs it");
  assert_invalid (HEAD "[read]\npaging=skip\nlimit-parameter=l\n",
                  "*offset-parameter: paging by skip needs it");
  assert_invalid (HEAD "[read]\npaging=page\nlimit-parameter=l\n",
                  "*page-parameter: paging by page needs it");
  assert_invalid (HEAD "[read]\nmax-page=-1\n",
                  "*must be a number that is not negative");
  assert_invalid (HEAD "[read]\nfirst-page=one\n",
                  "*must be a number that is not negative");
  assert_invalid (HEAD "[read]\nconditional=maybe\n", "*must be true or false");
  assert_invalid (HEAD "[filter]\nequal=x\n", "?filter] equal: must hold {field}");
  assert_invalid (HEAD "[filter]\nrepeatable=like\n",
                  "?filter] repeatable: “like” is none of*");
  assert_invalid (HEAD "[sort]\nmany=true\n", "?sort] parameter: sorting needs it");
  assert_invalid (HEAD "[write]\ninsert=/x\n", "*must be a method and a path*");
  assert_invalid (HEAD "[write]\ninsert=GET /x\n", "*must be a method and a path*");
  assert_invalid (HEAD "[write]\ninsert=POST \n", "*must be a method and a path*");
  assert_invalid (HEAD "[resource x]\ncolumn=a\n",
                  "?resource x] column: there is no such key");
  assert_invalid (HEAD "[resource x]\ncolumns=a\n",
                  "?resource x] columns: *has no type*");
  assert_invalid (HEAD "[resource x]\ncolumns=a number\n", "*“number” makes no sense*");
  assert_invalid (HEAD "[resource x]\ncolumns=a text loud\n",
                  "*“loud” makes no sense*");
  assert_invalid (HEAD "[resource x]\ncolumns=a text;a integer\n",
                  "*“a” stands there twice");
  assert_invalid (HEAD "[read]\nlist=\xff\n", "*");
}

/* A password in a base URL that is none is not repeated. */
static void
test_invalid_is_discreet (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) with_error = NULL;
  g_autoptr (VliveProfile) profile = vlive_profile_new_from_data (HEAD, -1, &error);

  g_assert_no_error (error);
  g_assert_null (
      vlive_profile_with_base_url (profile, "ftp://me:hush@example.org", &with_error));
  assert_error_says (with_error, VLIVE_ERROR_INVALID, "*not an address*");
  g_assert_null (strstr (with_error->message, "hush"));
}

static void
test_defaults (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VliveProfile) profile =
      vlive_profile_new_from_data (HEAD "trailing", strlen (HEAD), &error);
  VliveProfile *other;

  g_assert_no_error (error);
  other = vlive_profile_ref (profile);
  vlive_profile_unref (other);
  g_assert_cmpstr (vlive_profile_get_title (profile), ==, "mine");
  g_assert_null (vlive_profile_get_resources (profile)[0]);
  g_assert_cmphex (_vlive_profile_get_capabilities (profile), ==,
                   VLIVE_CAN_WINDOW | VLIVE_CAN_PAGE | VLIVE_CAN_READ_CONDITIONALLY
                       | VLIVE_KEEPS_WRITES);
  g_assert_cmpuint (_vlive_profile_get_operators (profile), ==, 0);
}

/* Each key, and what it turns on. */
static void
test_keys (void)
{
  static const struct
  {
    const char *text;
    VliveCapabilities on;
    VliveCapabilities off;
  } keys[] = {
    { "[read]\nrecord={resource}/{id}\n", VLIVE_CAN_GET, 0 },
    { "[read]\nrecord=\n", 0, VLIVE_CAN_GET },
    { "[read]\nconditional=false\n", 0, VLIVE_CAN_READ_CONDITIONALLY },
    { "[read]\npaging=page\npage-parameter=p\nlimit-parameter=l\n", VLIVE_CAN_PAGE,
      VLIVE_CAN_WINDOW },
    { "[read]\npaging=skip\noffset-parameter=o\nlimit-parameter=l\ntotal-path=n\n",
      VLIVE_CAN_WINDOW | VLIVE_CAN_COUNT, 0 },
    /* A count that reads everything is none. */
    { "[read]\ntotal-header=X-Total\n", 0, VLIVE_CAN_COUNT },
    { "[filter]\ngreater={field}.gt\n", VLIVE_CAN_FILTER, 0 },
    { "[sort]\nparameter=s\n", VLIVE_CAN_SORT, VLIVE_CAN_SORT_MANY },
    { "[sort]\nparameter=s\nmany=true\n", VLIVE_CAN_SORT | VLIVE_CAN_SORT_MANY, 0 },
    { "[search]\nparameter=q\n", VLIVE_CAN_SEARCH, 0 },
    { "[write]\ninsert=POST {resource}\n", VLIVE_CAN_INSERT, VLIVE_CAN_PATCH },
    { "[write]\nreplace=POST {resource}/{id}\n", VLIVE_CAN_REPLACE, 0 },
    { "[write]\npatch=PUT {resource}/{id}\n", VLIVE_CAN_PATCH, VLIVE_CAN_REPLACE },
    { "[write]\ndelete=DELETE {resource}/{id}\n", VLIVE_CAN_DELETE, VLIVE_CAN_CLEAR },
    { "[write]\nclear=DELETE {resource}\n", VLIVE_CAN_CLEAR, 0 },
    { "[write]\nkeeps-writes=false\n", 0, VLIVE_KEEPS_WRITES },
    { "[write]\nidempotency-header=Key\n", VLIVE_CAN_REPEAT_WRITES, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_autofree char *text = g_strconcat (HEAD, keys[i].text, NULL);
      g_autoptr (GError) error = NULL;
      g_autoptr (VliveProfile) profile = vlive_profile_new_from_data (text, -1, &error);
      VliveCapabilities capabilities;

      g_assert_no_error (error);
      capabilities = _vlive_profile_get_capabilities (profile);
      g_assert_cmphex (capabilities & keys[i].on, ==, keys[i].on);
      g_assert_cmphex (capabilities & keys[i].off, ==, 0);
    }
}

static void
test_columns (void)
{
  static const char text[] =
      HEAD "[resource pets]\ndeclared=false\ncolumns=id  integer id read-only;name "
           "text title "
           "nullable;born text date;seen\ttext date-time;home text uri;kind text "
           "choice=cat|dog;owner integer reference=people;notes text long-text;tags "
           "json;any "
           "any;odd mixed;weight double;tame boolean\n";
  g_autoptr (GError) error = NULL;
  g_autoptr (VliveProfile) profile = vlive_profile_new_from_data (text, -1, &error);
  VliveSchema *schema;
  VliveColumn *column;

  g_assert_no_error (error);
  schema = _vlive_profile_find_hints (profile, "pets")->schema;
  g_assert_false (vlive_schema_is_declared (schema));
  g_assert_cmpuint (vlive_schema_get_n_columns (schema), ==, 13);
  g_assert_cmpstr (vlive_column_get_name (vlive_schema_get_id_column (schema)), ==,
                   "id");
  g_assert_cmpstr (vlive_column_get_name (vlive_schema_get_title_column (schema)), ==,
                   "name");
  column = vlive_schema_find_column (schema, "id");
  g_assert_cmpint (vlive_column_get_flags (column), ==,
                   VLIVE_COLUMN_ID | VLIVE_COLUMN_READ_ONLY);
  column = vlive_schema_find_column (schema, "kind");
  g_assert_cmpint (vlive_column_get_format (column), ==, VLIVE_FORMAT_CHOICE);
  g_assert_cmpstr (vlive_column_get_choices (column)[1], ==, "dog");
  column = vlive_schema_find_column (schema, "owner");
  g_assert_cmpint (vlive_column_get_format (column), ==, VLIVE_FORMAT_REFERENCE);
  g_assert_cmpstr (vlive_column_get_reference (column), ==, "people");
  column = vlive_schema_find_column (schema, "seen");
  g_assert_cmpint (vlive_column_get_format (column), ==, VLIVE_FORMAT_DATE_TIME);
  column = vlive_schema_find_column (schema, "tags");
  g_assert_cmpint (vlive_column_get_value_type (column), ==, VLIVE_VALUE_JSON);
  column = vlive_schema_find_column (schema, "any");
  g_assert_cmpint (vlive_column_get_value_type (column), ==, VLIVE_VALUE_MISSING);
}

static void
test_templates (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VliveProfile) profile = vlive_profile_load ("jsonplaceholder", &error);

  g_assert_no_error (error);
  g_assert_cmpstr (_vlive_profile_find_hints (profile, "users")->name, ==, "users");
  g_assert_cmpstr (_vlive_profile_find_hints (profile, "users/10/albums")->name, ==,
                   "users/{userId}/albums");
  g_assert_null (_vlive_profile_find_hints (profile, "users/10"));
  g_assert_null (_vlive_profile_find_hints (profile, "users/10/albums/1"));
  g_assert_null (_vlive_profile_find_hints (profile, "users/10/friends"));
  g_assert_null (_vlive_profile_find_hints (profile, "user"));
}

static void
test_with_base_url (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VliveProfile) profile = vlive_profile_load ("jsonplaceholder", &error);
  g_autoptr (VliveProfile) other =
      vlive_profile_with_base_url (profile, "http://127.0.0.1:1/x", &error);

  g_assert_no_error (error);
  g_assert_cmpstr (vlive_profile_get_base_url (other), ==, "http://127.0.0.1:1/x");
  g_assert_cmpstr (vlive_profile_get_name (other), ==, "jsonplaceholder");
  g_assert_cmpuint (g_strv_length ((char **) vlive_profile_get_resources (other)), ==,
                    6);
  g_assert_cmpstr (vlive_profile_get_base_url (profile), ==,
                   "https://jsonplaceholder.typicode.com");
}

static void
test_files (void)
{
  g_autofree char *folder = vlive_test_dup_folder ();
  g_autofree char *path = g_build_filename (folder, "mine.ini", NULL);
  g_autofree char *bad = g_build_filename (folder, "bad.ini", NULL);
  g_autofree char *large = g_build_filename (folder, "large.ini", NULL);
  g_autofree char *text = g_strnfill (2 << 20, '#');
  g_autoptr (VliveProfile) profile = NULL;
  GError *error = NULL;

  g_assert_true (g_file_set_contents (path, HEAD, -1, NULL));
  g_assert_true (g_file_set_contents (bad, HEAD "x=1\n", -1, NULL));
  g_assert_true (g_file_set_contents (large, text, -1, NULL));
  profile = vlive_profile_load (path, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (vlive_profile_get_name (profile), ==, "mine");
  g_assert_null (vlive_profile_load (bad, &error));
  assert_error_says (error, VLIVE_ERROR_INVALID,
                     "*bad.ini”: ?profile] x: there is no such key");
  g_clear_error (&error);
  g_assert_null (vlive_profile_load (large, &error));
  assert_error_says (error, VLIVE_ERROR_TOO_LARGE, "*too large to be a profile");
  g_clear_error (&error);
  g_assert_null (vlive_profile_load ("no-such-profile", &error));
  assert_error_says (error, VLIVE_ERROR_NOT_FOUND,
                     "There is no profile “no-such-profile”*");
  g_clear_error (&error);
  g_assert_null (vlive_profile_load ("/no/such/file.ini", &error));
  assert_error_says (error, VLIVE_ERROR_STORAGE,
                     "*“/no/such/file.ini” cannot be read*");
  g_clear_error (&error);
  g_assert_null (vlive_profile_load (folder, &error));
  assert_error_says (error, VLIVE_ERROR_STORAGE, "*cannot be read*");
  g_clear_error (&error);
  /* A name that is none of ours may be a file where we are. */
  g_assert_cmpint (g_chdir (folder), ==, 0);
  vlive_profile_unref (profile);
  profile = vlive_profile_load ("mine.ini", &error);
  g_assert_no_error (error);
}

int
main (int argc, char **argv)
{
  int result;

  vlive_test_init (&argc, &argv);
  g_test_add_func ("/profile/shipped", test_shipped);
  g_test_add_func ("/profile/invalid", test_invalid);
  g_test_add_func ("/profile/invalid-is-discreet", test_invalid_is_discreet);
  g_test_add_func ("/profile/defaults", test_defaults);
  g_test_add_func ("/profile/keys", test_keys);
  g_test_add_func ("/profile/columns", test_columns);
  g_test_add_func ("/profile/templates", test_templates);
  g_test_add_func ("/profile/with-base-url", test_with_base_url);
  g_test_add_func ("/profile/files", test_files);
  result = vlive_test_run ();
  vlive_test_assert_all_gone ();

  return result;
}
