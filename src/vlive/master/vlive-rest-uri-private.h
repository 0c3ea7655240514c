/* vlive-rest-uri-private.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "master/vlive-profile-private.h"

G_BEGIN_DECLS

/* Every part of a URL is encoded by itself: no raw text is ever joined to it. */

/* A path below the base URL from a template: {resource}, {collection} (the
 * last segment of @resource) and {id}. */
char *_vlive_rest_expand_path    (const char          *template,
                                  const char          *resource,
                                  const char          *id,
                                  GError             **error);
/* FALSE with an error if @resource can be no path below a base URL. */
gboolean _vlive_rest_check_resource (const char       *resource,
                                  GError             **error);

/* Parameters: name, value, name, value, … (char *, owned by the array). */
GPtrArray *_vlive_rest_params_new (void);
void  _vlive_rest_params_add     (GPtrArray           *params,
                                  const char          *name,
                                  const char          *value);

/* @base must have no userinfo. Its own parameters come first. */
GUri *_vlive_rest_build_uri      (GUri                *base,
                                  const char          *encoded_path,
                                  GPtrArray           *params);

/* The parts of a base URL: lower case, without default port, trailing slashes,
 * userinfo and fragment. @user and @password are decoded. */
GUri *_vlive_rest_normalize_base (GUri                *base,
                                  char               **user,
                                  char               **password);
/* Names a master; holds no secret. */
char *_vlive_rest_dup_identity   (GUri                *base,
                                  const char * const  *secret_parameters,
                                  const char          *account,
                                  const char          *resource);
/* For messages: no userinfo, no secret parameters, not endless. */
char *_vlive_rest_uri_to_display (GUri                *uri,
                                  const char * const  *secret_parameters);
/* May a secret for @a be sent to @b? */
gboolean _vlive_rest_same_origin (GUri                *a,
                                  GUri                *b);

G_END_DECLS
