/* vlive-rest-master.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "master/vlive-rest-master-private.h"

#include <string.h>

#include "base/vlive-census-private.h"
#include "base/vlive-error.h"
#include "base/vlive-meter-private.h"
#include "master/vlive-rest-uri-private.h"
#include "record/vlive-schema-private.h"

/**
 * VliveRestMaster:
 *
 * A collection of a REST API, as a #VliveProfile describes it: it is read in
 * windows or whole, asked conditionally where the server has validators, and
 * written with the verbs that the profile names. Its connections are kept and
 * used again.
 *
 * Since: 0.1
 */

enum
{
  PROP_0,
  PROP_PROFILE,
  PROP_RESOURCE,
  PROP_MAX_FETCHES,
  PROP_CONNECT_TIMEOUT,
  PROP_TIMEOUT,
  N_PROPS,
  PROP_DESCRIPTION = N_PROPS
};
static GParamSpec *properties[N_PROPS];

/* So many rows are looked at to learn the columns. */
#define N_DESCRIBED 10

static void master_iface_init (VliveMasterInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (VliveRestMaster,
                               vlive_rest_master,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (VLIVE_TYPE_MASTER,
                                                      master_iface_init))

gboolean
_vlive_rest_check_usable (VliveRestMaster *self, GTask *task)
{
  if (_vlive_http_is_closed (self->http))
    g_task_return_new_error (task, VLIVE_ERROR, VLIVE_ERROR_CLOSED,
                             "“%s” has been closed", self->resource);
  else if (self->broken != NULL)
    g_task_return_error (task, g_error_copy (self->broken));
  else
    return TRUE;

  return FALSE;
}

char *
_vlive_rest_dup_list_path (VliveRestMaster *self, gboolean search, GError **error)
{
  const char *template = self->profile->list;

  if (search && self->profile->search_list != NULL)
    template = self->profile->search_list;
  else if (self->hints != NULL && self->hints->list != NULL)
    template = self->hints->list;

  return _vlive_rest_expand_path (template, self->resource, NULL, error);
}

const char *
_vlive_rest_get_record_template (VliveRestMaster *self)
{
  if (self->hints != NULL && self->hints->record != NULL)
    return self->hints->record;

  return self->profile->record != NULL ? self->profile->record : "{resource}/{id}";
}

VliveHttpRequest *
_vlive_rest_request_new (VliveRestMaster *self,
                         const char *method,
                         const char *path,
                         GPtrArray *params)
{
  g_autoptr (GPtrArray) all = _vlive_rest_params_new ();
  g_autoptr (GUri) uri = NULL;
  VliveHttpRequest *request;

  for (guint i = 0; self->profile->parameters[i] != NULL; i++)
    g_ptr_array_add (all, g_strdup (self->profile->parameters[i]));
  for (guint i = 0; params != NULL && i < params->len; i++)
    g_ptr_array_add (all, g_strdup (params->pdata[i]));
  uri = _vlive_rest_build_uri (self->base, path, all);
  request = _vlive_http_request_new (method, uri);
  for (guint i = 0; self->profile->headers[i] != NULL; i += 2)
    _vlive_http_request_add_header (request, self->profile->headers[i],
                                    self->profile->headers[i + 1]);

  return request;
}

/* "{collection}" in an envelope is the last segment of the resource. */
static char *
dup_envelope (VliveRestMaster *self)
{
  const char *template = self->profile->envelope;

  if (self->hints != NULL && self->hints->envelope != NULL)
    template = self->hints->envelope;
  if (template == NULL || template[0] == '\0')
    return NULL;
  if (strcmp (template, "{collection}") == 0)
    {
      const char *slash = strrchr (self->resource, '/');

      return g_strdup (slash != NULL ? slash + 1 : self->resource);
    }

  return g_strdup (template);
}

VliveRestAnswer *
_vlive_rest_prepare_answer (VliveRestMaster *self,
                            VliveHttpAnswer *http,
                            gboolean single)
{
  VliveRestAnswer *answer = _vlive_rest_answer_new (http);
  VliveSchema *schema = vlive_description_get_schema (self->description);

  answer->single = single;
  answer->envelope =
      single ? g_strdup (self->profile->record_envelope) : dup_envelope (self);
  answer->total_path = single ? NULL : g_strdup (self->profile->total_path);
  answer->id_field = g_strdup (self->profile->id_field);
  answer->id_prefix = g_strdup ("");
  if (schema != NULL)
    answer->known = vlive_schema_ref (schema);

  return answer;
}

void
_vlive_rest_set_description (VliveRestMaster *self, VliveDescription *description)
{
  vlive_description_unref (self->description);
  self->description = description;
  g_object_notify (G_OBJECT (self), "description");
}

void
_vlive_rest_learn_schema (VliveRestMaster *self, VliveRestAnswer *answer)
{
  VliveSchema *now = vlive_description_get_schema (self->description);
  g_autoptr (VliveSchema) schema = NULL;

  if (answer->schema == NULL || answer->schema == now
      || answer->schema == answer->known)
    return;
  schema = vlive_schema_ref (answer->schema);
  /* Another answer has taught us something meanwhile: both count. */
  if (now != answer->known && now != NULL)
    {
      g_clear_pointer (&schema, vlive_schema_unref);
      schema =
          _vlive_schema_widen_all (now, (VliveRecord *const *) answer->records->pdata,
                                   answer->records->len);
    }
  if (now == NULL || !vlive_schema_equal (now, schema))
    _vlive_rest_set_description (self, vlive_description_with_schema (self->description,
                                                                      schema));
}

void
_vlive_rest_learn_max_page (VliveRestMaster *self, guint max_page)
{
  if (vlive_description_get_max_page (self->description) != max_page)
    _vlive_rest_set_description (self,
                                 vlive_description_with_max_page (self->description,
                                                                  max_page));
}

static VliveDescription *
describe_from_profile (VliveRestMaster *self, VliveSchema *schema)
{
  return vlive_description_new (schema, _vlive_profile_get_capabilities (self->profile),
                                _vlive_profile_get_operators (self->profile),
                                self->profile->max_page);
}

static void
update_identity (VliveRestMaster *self)
{
  g_free (self->identity);
  self->identity =
      _vlive_rest_dup_identity (self->base,
                                (const char *const *) self->profile->secret_parameters,
                                self->account, self->resource);
}

/* What is wrong is told by every call: a constructor cannot. */
static void
take_resource (VliveRestMaster *self)
{
  g_autofree char *given = self->resource;
  const char *start = given != NULL ? given : "";
  gsize length;

  while (start[0] == '/')
    start++;
  length = strlen (start);
  while (length > 0 && start[length - 1] == '/')
    length--;
  self->resource = g_strndup (start, length);
  _vlive_rest_check_resource (self->resource, &self->broken);
  self->hints = _vlive_profile_find_hints (self->profile, self->resource);
}

static void
take_base (VliveRestMaster *self)
{
  g_autoptr (GUri) given =
      _vlive_profile_parse_base_url (self->profile->base_url, NULL);
  g_autofree char *user = NULL;
  g_autofree char *password = NULL;

  g_assert (given != NULL); /* the profile has been checked */
  self->base = _vlive_rest_normalize_base (given, &user, &password);
  self->http = _vlive_http_new (self->base,
                                (const char *const *) self->profile->secret_parameters,
                                self->max_fetches + 2);
  self->account = g_strdup (self->profile->account);
  if (user != NULL)
    {
      g_autofree char *pair =
          g_strconcat (user, ":", password != NULL ? password : "", NULL);
      g_autofree char *encoded = g_base64_encode ((const guchar *) pair, strlen (pair));
      g_autofree char *authorization = g_strconcat ("Basic ", encoded, NULL);

      vlive_rest_master_set_authorization (self, authorization);
    }
}

static void
vlive_rest_master_constructed (GObject *object)
{
  VliveRestMaster *self = VLIVE_REST_MASTER (object);

  G_OBJECT_CLASS (vlive_rest_master_parent_class)->constructed (object);

  take_resource (self);
  take_base (self);
  _vlive_http_set_timeouts (self->http, self->connect_timeout, self->timeout);
  self->description =
      describe_from_profile (self, self->hints != NULL ? self->hints->schema : NULL);
  update_identity (self);
}

static void
vlive_rest_master_get_property (GObject *object,
                                guint prop_id,
                                GValue *value,
                                GParamSpec *pspec)
{
  VliveRestMaster *self = VLIVE_REST_MASTER (object);

  switch (prop_id)
    {
    case PROP_PROFILE:
      g_value_set_boxed (value, self->profile);
      break;
    case PROP_RESOURCE:
      g_value_set_string (value, self->resource);
      break;
    case PROP_MAX_FETCHES:
      g_value_set_uint (value, self->max_fetches);
      break;
    case PROP_CONNECT_TIMEOUT:
      g_value_set_uint (value, self->connect_timeout);
      break;
    case PROP_TIMEOUT:
      g_value_set_uint (value, self->timeout);
      break;
    case PROP_DESCRIPTION:
      g_value_set_boxed (value, self->description);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
      break;
    }
}

static void
set_timeout (VliveRestMaster *self, guint *field, guint ms, guint prop_id)
{
  if (*field == ms)
    return;
  *field = ms;
  if (self->http != NULL)
    _vlive_http_set_timeouts (self->http, self->connect_timeout, self->timeout);
  g_object_notify_by_pspec (G_OBJECT (self), properties[prop_id]);
}

static void
vlive_rest_master_set_property (GObject *object,
                                guint prop_id,
                                const GValue *value,
                                GParamSpec *pspec)
{
  VliveRestMaster *self = VLIVE_REST_MASTER (object);

  switch (prop_id)
    {
    case PROP_PROFILE:
      self->profile = g_value_dup_boxed (value);
      break;
    case PROP_RESOURCE:
      self->resource = g_value_dup_string (value);
      break;
    case PROP_MAX_FETCHES:
      self->max_fetches = g_value_get_uint (value);
      break;
    case PROP_CONNECT_TIMEOUT:
      set_timeout (self, &self->connect_timeout, g_value_get_uint (value), prop_id);
      break;
    case PROP_TIMEOUT:
      set_timeout (self, &self->timeout, g_value_get_uint (value), prop_id);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
      break;
    }
}

static void
vlive_rest_master_dispose (GObject *object)
{
  VliveRestMaster *self = VLIVE_REST_MASTER (object);

  if (self->http != NULL)
    _vlive_http_close (self->http);
  g_clear_pointer (&self->worker, _vlive_worker_free);

  G_OBJECT_CLASS (vlive_rest_master_parent_class)->dispose (object);
}

static void
vlive_rest_master_finalize (GObject *object)
{
  VliveRestMaster *self = VLIVE_REST_MASTER (object);

  g_clear_object (&self->http);
  g_clear_object (&self->clock);
  g_clear_pointer (&self->held, _vlive_held_set_free);
  g_clear_pointer (&self->description, vlive_description_unref);
  g_clear_pointer (&self->profile, vlive_profile_unref);
  g_clear_pointer (&self->base, g_uri_unref);
  g_clear_error (&self->broken);
  g_free (self->resource);
  g_free (self->account);
  g_free (self->identity);
  g_main_context_unref (self->context);
  _vlive_census_remove (VLIVE_CENSUS_MASTER);

  G_OBJECT_CLASS (vlive_rest_master_parent_class)->finalize (object);
}

static void
vlive_rest_master_class_init (VliveRestMasterClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags once =
      G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS;
  const GParamFlags always = G_PARAM_READWRITE | G_PARAM_CONSTRUCT
                             | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->constructed = vlive_rest_master_constructed;
  object_class->get_property = vlive_rest_master_get_property;
  object_class->set_property = vlive_rest_master_set_property;
  object_class->dispose = vlive_rest_master_dispose;
  object_class->finalize = vlive_rest_master_finalize;

  /**
   * VliveRestMaster:profile:
   *
   * The profile of the API.
   *
   * Since: 0.1
   */
  properties[PROP_PROFILE] =
      g_param_spec_boxed ("profile", NULL, NULL, VLIVE_TYPE_PROFILE, once);
  /**
   * VliveRestMaster:resource:
   *
   * The path of the collection below the base URL, such as `users/1/albums`.
   *
   * Since: 0.1
   */
  properties[PROP_RESOURCE] = g_param_spec_string ("resource", NULL, NULL, NULL, once);
  /**
   * VliveRestMaster:max-fetches:
   *
   * How many requests a store has under way at once. There are two more
   * connections than that, for writes.
   *
   * Since: 0.1
   */
  properties[PROP_MAX_FETCHES] =
      g_param_spec_uint ("max-fetches", NULL, NULL, 1, 64, 4, once);
  /**
   * VliveRestMaster:connect-timeout:
   *
   * How long it may take to be connected, in milliseconds.
   *
   * Since: 0.1
   */
  properties[PROP_CONNECT_TIMEOUT] =
      g_param_spec_uint ("connect-timeout", NULL, NULL, 1, G_MAXINT, 10 * 1000, always);
  /**
   * VliveRestMaster:timeout:
   *
   * How long a request may take from its beginning to the last byte of its
   * answer, in milliseconds.
   *
   * Since: 0.1
   */
  properties[PROP_TIMEOUT] =
      g_param_spec_uint ("timeout", NULL, NULL, 1, G_MAXINT, 30 * 1000, always);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  g_object_class_override_property (object_class, PROP_DESCRIPTION, "description");
}

static void
vlive_rest_master_init (VliveRestMaster *self)
{
  self->context = g_main_context_ref_thread_default ();
  self->clock = g_object_ref (_vlive_clock_get_default ());
  _vlive_census_add (VLIVE_CENSUS_MASTER);
}

static const char *
rest_get_identity (VliveMaster *master)
{
  return VLIVE_REST_MASTER (master)->identity;
}

static const char *
rest_get_name (VliveMaster *master)
{
  return VLIVE_REST_MASTER (master)->resource;
}

static VliveDescription *
rest_get_description (VliveMaster *master)
{
  return VLIVE_REST_MASTER (master)->description;
}

static void
described_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  VliveRestMaster *self = VLIVE_REST_MASTER (source);
  g_autoptr (GTask) task = user_data;
  g_autoptr (VlivePage) page = NULL;
  GError *error = NULL;
  VLIVE_METER_SPAN ("rest-describe");

  page = _vlive_rest_window_finish (self, result, &error);
  if (page == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, vlive_description_ref (self->description),
                           (GDestroyNotify) vlive_description_unref);
}

/* Described anew, a master that was demoted is believed again. */
static void
rest_describe_async (VliveMaster *master,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer user_data)
{
  VliveRestMaster *self = VLIVE_REST_MASTER (master);
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (VliveQuery) everything = vlive_query_new ();

  g_task_set_source_tag (task, rest_describe_async);
  _vlive_rest_set_description (
      self,
      describe_from_profile (self, vlive_description_get_schema (self->description)));
  _vlive_rest_window_async (self, everything, 0, N_DESCRIBED, NULL, cancellable,
                            described_cb, task);
}

static VliveDescription *
rest_describe_finish (VliveMaster *master, GAsyncResult *result, GError **error)
{
  g_assert (g_async_result_is_tagged (result, rest_describe_async));

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
rest_fetch_window_async (VliveMaster *master,
                         VliveQuery *query,
                         guint64 offset,
                         guint limit,
                         const char *validator,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  _vlive_rest_window_async (VLIVE_REST_MASTER (master), query, offset, limit, validator,
                            cancellable, callback, user_data);
}

static VlivePage *
rest_fetch_window_finish (VliveMaster *master, GAsyncResult *result, GError **error)
{
  return _vlive_rest_window_finish (VLIVE_REST_MASTER (master), result, error);
}

static void
rest_fetch_record_async (VliveMaster *master,
                         const char *id,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  _vlive_rest_record_async (VLIVE_REST_MASTER (master), id, cancellable, callback,
                            user_data);
}

static VliveRecord *
rest_fetch_record_finish (VliveMaster *master, GAsyncResult *result, GError **error)
{
  return _vlive_rest_record_finish (VLIVE_REST_MASTER (master), result, error);
}

static void
counted_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  VliveRestMaster *self = VLIVE_REST_MASTER (source);
  g_autoptr (GTask) task = user_data;
  g_autoptr (VlivePage) page = NULL;
  GError *error = NULL;
  guint64 total;
  VLIVE_METER_SPAN ("rest-count");

  page = _vlive_rest_window_finish (self, result, &error);
  if (page == NULL)
    g_task_return_error (task, error);
  else if (vlive_page_get_total (page, &total) == VLIVE_TOTAL_EXACT)
    g_task_return_pointer (task, g_memdup2 (&total, sizeof total), g_free);
  else
    g_task_return_new_error (task, VLIVE_ERROR, VLIVE_ERROR_UNSUPPORTED,
                             "“%s” cannot be counted: the server states no total",
                             self->resource);
}

/* The total comes with any rows; one is the fewest there is. */
static void
rest_count_async (VliveMaster *master,
                  VliveQuery *query,
                  GCancellable *cancellable,
                  GAsyncReadyCallback callback,
                  gpointer user_data)
{
  GTask *task = g_task_new (master, cancellable, callback, user_data);

  g_task_set_source_tag (task, rest_count_async);
  _vlive_rest_window_async (VLIVE_REST_MASTER (master), query, 0, 1, NULL, cancellable,
                            counted_cb, task);
}

static VliveTotalKind
rest_count_finish (VliveMaster *master,
                   GAsyncResult *result,
                   guint64 *total,
                   GError **error)
{
  g_autofree guint64 *number = NULL;

  g_assert (g_async_result_is_tagged (result, rest_count_async));
  number = g_task_propagate_pointer (G_TASK (result), error);
  if (number == NULL)
    return VLIVE_TOTAL_UNKNOWN;
  *total = *number;

  return VLIVE_TOTAL_EXACT;
}

static void
rest_apply_async (VliveMaster *master,
                  VliveWrite *write,
                  GCancellable *cancellable,
                  GAsyncReadyCallback callback,
                  gpointer user_data)
{
  _vlive_rest_apply_async (VLIVE_REST_MASTER (master), write, cancellable, callback,
                           user_data);
}

static VliveReply *
rest_apply_finish (VliveMaster *master, GAsyncResult *result, GError **error)
{
  return _vlive_rest_apply_finish (VLIVE_REST_MASTER (master), result, error);
}

static void
master_iface_init (VliveMasterInterface *iface)
{
  iface->get_identity = rest_get_identity;
  iface->get_name = rest_get_name;
  iface->get_description = rest_get_description;
  iface->describe_async = rest_describe_async;
  iface->describe_finish = rest_describe_finish;
  iface->fetch_window_async = rest_fetch_window_async;
  iface->fetch_window_finish = rest_fetch_window_finish;
  iface->fetch_record_async = rest_fetch_record_async;
  iface->fetch_record_finish = rest_fetch_record_finish;
  iface->count_async = rest_count_async;
  iface->count_finish = rest_count_finish;
  iface->apply_async = rest_apply_async;
  iface->apply_finish = rest_apply_finish;
}

/**
 * vlive_rest_master_new:
 * @profile: the profile of the API
 * @resource: the path of the collection below the base URL, such as `posts` or
 *   `users/1/albums`
 *
 * Creates a master for a collection of a REST API. A @resource that cannot be
 * one fails every call.
 *
 * Returns: (transfer full): a new master
 *
 * Since: 0.1
 */
VliveRestMaster *
vlive_rest_master_new (VliveProfile *profile, const char *resource)
{
  g_return_val_if_fail (profile != NULL, NULL);
  g_return_val_if_fail (resource != NULL, NULL);

  return g_object_new (VLIVE_TYPE_REST_MASTER, "profile", profile, "resource", resource,
                       NULL);
}

static char *
dup_basic_user (const char *authorization)
{
  g_autofree guchar *pair = NULL;
  g_autofree char *text = NULL;
  gsize length;

  if (g_ascii_strncasecmp (authorization, "Basic ", 6) != 0)
    return NULL;
  pair = g_base64_decode (authorization + 6, &length);
  text = g_strndup ((const char *) pair, length);
  text[strcspn (text, ":")] = '\0';

  return g_utf8_make_valid (text, -1);
}

/**
 * vlive_rest_master_set_authorization:
 * @self: a master
 * @authorization: (nullable): `Bearer …` or `Basic …`
 *
 * Sets what is sent as `Authorization`, to the host of the base URL only. It
 * is never written to disk and never printed. `Basic …` also names the
 * account, which is part of the identity: call this before the master is given
 * to a store.
 *
 * Since: 0.1
 */
void
vlive_rest_master_set_authorization (VliveRestMaster *self, const char *authorization)
{
  g_autofree char *user = NULL;

  g_return_if_fail (VLIVE_IS_REST_MASTER (self));

  _vlive_http_set_authorization (self->http, authorization);
  if (authorization != NULL)
    user = dup_basic_user (authorization);
  if (user != NULL)
    vlive_rest_master_set_account (self, user);
}

/**
 * vlive_rest_master_set_account:
 * @self: a master
 * @account: (nullable): a name, no secret
 *
 * Names the account in the identity, where the authorization is a token that
 * says nothing of it. Call this before the master is given to a store.
 *
 * Since: 0.1
 */
void
vlive_rest_master_set_account (VliveRestMaster *self, const char *account)
{
  g_return_if_fail (VLIVE_IS_REST_MASTER (self));

  if (self->account != account)
    {
      g_free (self->account);
      self->account = g_strdup (account);
    }
  update_identity (self);
}

/**
 * vlive_rest_master_close:
 * @self: a master
 *
 * Ends the connections of the master. Calls that are running fail with
 * %VLIVE_ERROR_CLOSED, and so does every later one; writes that have been
 * sent fail with %VLIVE_ERROR_UNKNOWN_OUTCOME.
 *
 * Since: 0.1
 */
void
vlive_rest_master_close (VliveRestMaster *self)
{
  g_return_if_fail (VLIVE_IS_REST_MASTER (self));

  _vlive_http_close (self->http);
}

void
_vlive_rest_master_set_clock (VliveRestMaster *self, VliveClock *clock)
{
  g_set_object (&self->clock, clock);
  _vlive_http_set_clock (self->http, clock);
}

void
_vlive_rest_master_set_max_body (VliveRestMaster *self, guint64 bytes)
{
  _vlive_http_set_max_body (self->http, bytes);
}
