/* test-rest-uri.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "fault-server.h"
#include "master-sync.h"

#include "master/vlive-http-private.h"
#include "master/vlive-rest-query-private.h"
#include "master/vlive-rest-uri-private.h"

static char *
dup_path (const char *template, const char *resource, const char *id)
{
  g_autoptr (GError) error = NULL;
  char *path = _vlive_rest_expand_path (template, resource, id, &error);

  g_assert_no_error (error);

  return path;
}

static void
test_paths (void)
{
  static const struct
  {
    const char *template;
    const char *resource;
    const char *id;
    const char *path;
  } paths[] = {
    { "{resource}", "posts", NULL, "posts" },
    { "{resource}", "users/1/albums", NULL, "users/1/albums" },
    { "{resource}", "a b/é", NULL, "a%20b/%C3%A9" },
    { "{resource}/{id}", "posts", "5", "posts/5" },
    { "{resource}/{id}", "posts", "a/b?c#d&e%2F", "posts/a%2Fb%3Fc%23d%26e%252F" },
    { "{resource}/{id}", "posts", "{id}", "posts/%7Bid%7D" },
    { "{collection}/{id}", "users/1/albums", "5", "albums/5" },
    { "{collection}/{id}", "albums", "5", "albums/5" },
    { "v 1/{resource}.json", "posts", NULL, "v%201/posts.json" },
    { "x{", "posts", NULL, "x%7B" },
    { "plain", "posts", NULL, "plain" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autofree char *path =
          dup_path (paths[i].template, paths[i].resource, paths[i].id);

      g_assert_cmpstr (path, ==, paths[i].path);
    }
}

static void
test_bad_paths (void)
{
  GError *error = NULL;

  g_assert_null (_vlive_rest_expand_path ("{resource}/{uuid}", "posts", "5", &error));
  assert_error_says (error, VLIVE_ERROR_INVALID, "*no value for “{uuid}”*");
  g_clear_error (&error);
  g_assert_null (_vlive_rest_expand_path ("{resource}/{id}", "posts", NULL, &error));
  assert_error_says (error, VLIVE_ERROR_INVALID, "*no value for “{id}”*");
  g_clear_error (&error);
  g_assert_null (_vlive_rest_expand_path ("{resource}/{id}", "posts", "..", &error));
  assert_error_says (error, VLIVE_ERROR_NOT_FOUND, "*URL cannot name it");
  g_clear_error (&error);
}

static GUri *
base_new (const char *url, char **user, char **password)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GUri) given = _vlive_profile_parse_base_url (url, &error);

  g_assert_no_error (error);

  return _vlive_rest_normalize_base (given, user, password);
}

static void
test_normalize (void)
{
  static const struct
  {
    const char *url;
    const char *base;
    const char *user;
    const char *password;
  } bases[] = {
    { "http://example.org", "http://example.org", NULL, NULL },
    { "HTTP://Example.ORG:80/", "http://example.org", NULL, NULL },
    { "https://example.org:443/a/", "https://example.org/a", NULL, NULL },
    { "https://example.org:80/a//", "https://example.org:80/a", NULL, NULL },
    { "http://example.org:443/A", "http://example.org:443/A", NULL, NULL },
    { "https://me@example.org/", "https://example.org", "me", NULL },
    { "https://m%40e:p%3Aw:x@example.org/a?k=v#f", "https://example.org/a?k=v", "m@e",
      "p:w:x" },
    { "https://@example.org/?", "https://example.org", NULL, NULL },
    { "http://[::1]:3000/", "http://[::1]:3000", NULL, NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (bases); i++)
    {
      g_autofree char *user = NULL;
      g_autofree char *password = NULL;
      g_autoptr (GUri) base = base_new (bases[i].url, &user, &password);
      g_autofree char *text = g_uri_to_string (base);

      g_assert_cmpstr (text, ==, bases[i].base);
      g_assert_cmpstr (user, ==, bases[i].user);
      g_assert_cmpstr (password, ==, bases[i].password);
    }
}

/* For a person: where, and nothing that nobody may see. */
static void
test_display (void)
{
  static const char *const secrets[] = { "clef", NULL };
  static const struct
  {
    const char *url;
    const char *text;
  } urls[] = {
    { "http://a.b/c", "http://a.b/c" },
    { "http://me:hush@a.b/c?x=1", "http://a.b/c?x=1" },
    { "http://a.b/c?clef=hush&x=1", "http://a.b/c?clef=***&x=1" },
    { "http://a.b/c?x=1&%63lef=hush", "http://a.b/c?x=1&clef=***" },
    { "http://a.b/c?TOKEN=hush&&y", "http://a.b/c?TOKEN=***&y" },
    { "http://a.b/c?api_key=hush=hush", "http://a.b/c?api_key=***" },
    { "http://a.b/c?Clef=seen", "http://a.b/c?Clef=seen" },
    { "http://a.b/c?%zz=hush", "http://a.b/c?%zz=***" },
  };
  g_autofree char *many = g_strnfill (3000, 'x');
  g_autofree char *long_url = g_strconcat ("http://a.b/?q=", many, NULL);
  g_autoptr (GUri) long_uri = g_uri_parse (long_url, G_URI_FLAGS_ENCODED, NULL);
  g_autofree char *cut = _vlive_rest_uri_to_display (long_uri, secrets);

  for (guint i = 0; i < G_N_ELEMENTS (urls); i++)
    {
      g_autoptr (GUri) uri = g_uri_parse (urls[i].url,
                                          G_URI_FLAGS_ENCODED | G_URI_FLAGS_HAS_PASSWORD
                                              | G_URI_FLAGS_PARSE_RELAXED,
                                          NULL);
      g_autofree char *text = _vlive_rest_uri_to_display (uri, secrets);

      g_assert_cmpstr (text, ==, urls[i].text);
    }
  g_assert_cmpuint (strlen (cut), <, 320);
  g_assert_true (g_str_has_suffix (cut, "…"));
}

static char *
dup_identity (const char *url,
              const char *resource,
              const char *authorization,
              const char *account)
{
  static const char text[] =
      "[profile]\nname=x\nbase-url=http://a.b\nsecret-parameters=clef\n";
  g_autoptr (GError) error = NULL;
  g_autoptr (VliveProfile) given = vlive_profile_new_from_data (text, -1, &error);
  g_autoptr (VliveProfile) profile = NULL;
  g_autoptr (VliveRestMaster) master = NULL;

  g_assert_no_error (error);
  profile = vlive_profile_with_base_url (given, url, &error);
  g_assert_no_error (error);
  master = vlive_rest_master_new (profile, resource);
  if (authorization != NULL)
    vlive_rest_master_set_authorization (master, authorization);
  if (account != NULL)
    vlive_rest_master_set_account (master, account);

  return g_strdup (vlive_master_get_identity (VLIVE_MASTER (master)));
}

/* Two that are not the same never share one. */
static void
test_identities (void)
{
  static const struct
  {
    const char *url;
    const char *resource;
    const char *authorization;
    const char *account;
  } masters[] = {
    { "http://a.b", "posts", NULL, NULL },
    { "http://a.b", "post", NULL, NULL },
    { "https://a.b", "posts", NULL, NULL },
    { "http://a.b:8080", "posts", NULL, NULL },
    { "http://a.b/api", "posts", NULL, NULL },
    { "http://a.b/api/posts", "posts", NULL, NULL },
    { "http://a.b/API", "posts", NULL, NULL },
    { "http://a.c", "posts", NULL, NULL },
    { "http://a.b", "users/1/albums", NULL, NULL },
    { "http://a.b", "users/10/albums", NULL, NULL },
    { "http://a.b/users", "1/albums", NULL, NULL },
    { "http://me@a.b", "posts", NULL, NULL },
    { "http://you:hush@a.b", "posts", NULL, NULL },
    { "http://a.b", "posts", "Basic dGhlbTpodXNo", NULL },
    { "http://a.b", "posts", "Bearer hush", "she" },
    { "http://a.b", "posts", NULL, "me posts" },
    { "http://a.b?lang=en", "posts", NULL, NULL },
    { "http://a.b?lang=de&clef=hush", "posts", NULL, NULL },
  };
  g_autoptr (GHashTable) seen =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (masters); i++)
    {
      char *identity = dup_identity (masters[i].url, masters[i].resource,
                                     masters[i].authorization, masters[i].account);

      g_assert_null (strstr (identity, "hush"));
      g_assert_null (strstr (identity, "dGhlb"));
      g_assert_true (g_hash_table_add (seen, identity));
    }
}

/* … and two that are the same do, whatever the secret is now. */
static void
test_same_identity (void)
{
  static const struct
  {
    const char *url;
    const char *authorization;
    const char *account;
  } same[] = {
    { "http://me:hush@a.b:80/", NULL, NULL },
    { "HTTP://me:other@A.B", NULL, NULL },
    { "http://a.b?clef=hush", "Basic bWU6aHVzaA==", NULL },
    { "http://a.b/?clef=other", "Bearer hush", "me" },
  };
  g_autofree char *first = dup_identity ("http://me@a.b", "/posts/", NULL, NULL);

  g_assert_cmpstr (first, ==, "rest http://a.b me posts");
  for (guint i = 0; i < G_N_ELEMENTS (same); i++)
    {
      g_autofree char *other =
          dup_identity (same[i].url, "posts", same[i].authorization, same[i].account);

      g_assert_cmpstr (other, ==, first);
    }
}

static void
test_same_origin (void)
{
  static const struct
  {
    const char *a;
    const char *b;
    gboolean same;
  } pairs[] = {
    { "http://a.b/x", "http://A.b:80/y?z", TRUE },
    { "https://a.b/x", "https://a.b:443", TRUE },
    { "http://a.b", "https://a.b", FALSE },
    { "http://a.b", "http://a.b:81", FALSE },
    { "http://a.b", "http://x.a.b", FALSE },
    { "http://a.b", "http://a.b.c", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
    {
      g_autoptr (GUri) a = g_uri_parse (pairs[i].a, G_URI_FLAGS_NONE, NULL);
      g_autoptr (GUri) b = g_uri_parse (pairs[i].b, G_URI_FLAGS_NONE, NULL);

      g_assert_true (_vlive_rest_same_origin (a, b) == pairs[i].same);
    }
}

static VliveQuery *
add_condition (VliveQuery *query, const char *column, VliveOperator op, GVariant *value)
{
  g_autoptr (GError) error = NULL;
  VliveQuery *next = vlive_query_with_condition (query, column, op, value, &error);

  g_assert_no_error (error);
  vlive_query_unref (query);

  return next;
}

static void
assert_untold (VliveQuery *query, const char *pattern)
{
  g_autoptr (VliveQuery) owned = query;
  g_autoptr (GError) error = NULL;
  g_autoptr (VliveProfile) profile = vlive_profile_load ("json-server", &error);
  g_autoptr (GPtrArray) params = _vlive_rest_params_new ();

  g_assert_no_error (error);
  g_assert_false (_vlive_rest_add_query (profile, owned, params, &error));
  assert_error_says (error, VLIVE_ERROR_UNSUPPORTED, pattern);
}

/* A clause for which the server has no words is refused, never left out. */
static void
test_untold_clauses (void)
{
  const char *const none[] = { NULL };
  g_autoptr (VliveQuery) everything = vlive_query_new ();
  VliveQuery *query;

  query = add_condition (vlive_query_new (), "a", VLIVE_OPERATOR_LESS,
                         g_variant_new_int64 (1));
  assert_untold (query, "*no such filter");
  query = add_condition (vlive_query_new (), "a", VLIVE_OPERATOR_IS_NULL, NULL);
  assert_untold (query, "*no such filter");
  query = add_condition (vlive_query_new (), "_sort", VLIVE_OPERATOR_EQUAL,
                         g_variant_new_int64 (1));
  assert_untold (query, "*“_sort”: the name means something else*");
  query = add_condition (vlive_query_new (), "q", VLIVE_OPERATOR_EQUAL,
                         g_variant_new_int64 (1));
  assert_untold (query, "*the name means something else*");
  query = add_condition (vlive_query_new (), "rate_gte", VLIVE_OPERATOR_EQUAL,
                         g_variant_new_int64 (1));
  assert_untold (query, "*the name means something else*");
  query = add_condition (vlive_query_new (), "a", VLIVE_OPERATOR_GREATER_EQUAL,
                         g_variant_new_string ("b"));
  assert_untold (query, "*compares numbers and dates only");
  /* Two of one parameter mean "or" to the server. */
  query = add_condition (vlive_query_new (), "a", VLIVE_OPERATOR_GREATER_EQUAL,
                         g_variant_new_int64 (1));
  query =
      add_condition (query, "a", VLIVE_OPERATOR_GREATER_EQUAL, g_variant_new_int64 (2));
  assert_untold (query, "*takes one such condition only");
  query = add_condition (vlive_query_new (), "a", VLIVE_OPERATOR_IN,
                         g_variant_new_strv (none, 0));
  assert_untold (query, "*no value to filter for");
  query = vlive_query_with_sort (everything, "a,b", FALSE);
  assert_untold (query, "*cannot be sorted by “a,b”");
}

static void
assert_told (VliveQuery *query, const char *wanted)
{
  g_autoptr (VliveQuery) owned = query;
  g_autoptr (GError) error = NULL;
  g_autoptr (VliveProfile) profile = vlive_profile_load ("json-server", &error);
  g_autoptr (GPtrArray) params = _vlive_rest_params_new ();
  g_autofree char *got = NULL;

  g_assert_true (_vlive_rest_add_query (profile, owned, params, &error));
  g_assert_no_error (error);
  g_ptr_array_add (params, NULL);
  got = g_strjoinv (" ", (char **) params->pdata);
  g_assert_cmpstr (got, ==, wanted);
}

static void
test_told_clauses (void)
{
  VliveQuery *query;

  /* Two of these must both hold, there too. */
  query = add_condition (vlive_query_new (), "a", VLIVE_OPERATOR_NOT_EQUAL,
                         g_variant_new_int64 (1));
  query = add_condition (query, "a", VLIVE_OPERATOR_NOT_EQUAL, g_variant_new_int64 (2));
  assert_told (query, "a_ne 1 a_ne 2");
  query = add_condition (vlive_query_new (), "a", VLIVE_OPERATOR_GREATER_EQUAL,
                         g_variant_new_string ("2024-01-31"));
  query = add_condition (query, "a", VLIVE_OPERATOR_LESS_EQUAL,
                         g_variant_new_string ("-5"));
  assert_told (query, "a_gte 2024-01-31 a_lte -5");
  /* A pattern there, a text here. */
  query = add_condition (vlive_query_new (), "a", VLIVE_OPERATOR_CONTAINS,
                         g_variant_new_string ("1.5 (x)*"));
  assert_told (query, "a_like 1\\.5 \\(x\\)\\*");
  query = add_condition (vlive_query_new (), "a.b", VLIVE_OPERATOR_EQUAL,
                         g_variant_new_boolean (FALSE));
  assert_told (query, "a.b false");
}

static void
test_retry_after (void)
{
  static const struct
  {
    const char *value;
    gint64 seconds;
  } values[] = {
    { NULL, -1 }, { "", -1 },     { "x", -1 },    { "-1", -1 },
    { "0", 0 },   { "119", 119 }, { "121", 120 }, { "18446744073709551617", 120 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    {
      gint64 us = _vlive_http_parse_retry_after (values[i].value, 0);

      g_assert_cmpint (us, ==,
                       values[i].seconds < 0 ? -1 : values[i].seconds * G_USEC_PER_SEC);
    }
}

int
main (int argc, char **argv)
{
  int result;

  vlive_test_init (&argc, &argv);
  g_test_add_func ("/rest-uri/paths", test_paths);
  g_test_add_func ("/rest-uri/bad-paths", test_bad_paths);
  g_test_add_func ("/rest-uri/normalize", test_normalize);
  g_test_add_func ("/rest-uri/display", test_display);
  g_test_add_func ("/rest-uri/identities", test_identities);
  g_test_add_func ("/rest-uri/same-identity", test_same_identity);
  g_test_add_func ("/rest-uri/same-origin", test_same_origin);
  g_test_add_func ("/rest-uri/untold-clauses", test_untold_clauses);
  g_test_add_func ("/rest-uri/told-clauses", test_told_clauses);
  g_test_add_func ("/rest-uri/retry-after", test_retry_after);
  result = vlive_test_run ();
  vlive_test_assert_all_gone ();

  return result;
}
