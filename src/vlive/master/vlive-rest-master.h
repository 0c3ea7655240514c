/* vlive-rest-master.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "master/vlive-master.h"

G_BEGIN_DECLS

/*
 * A profile describes a REST API in a key file, so that a new one needs no
 * code. docs/profiles.md names its keys.
 */
#define VLIVE_TYPE_PROFILE (vlive_profile_get_type ())

VLIVE_AVAILABLE_IN_0_1
GType              vlive_profile_get_type       (void) G_GNUC_CONST;

/* "jsonplaceholder", "dummyjson", "json-server" (shipped in the library), or
 * the path of a file. Reads at most one small file. */
VLIVE_AVAILABLE_IN_0_1
VliveProfile      *vlive_profile_load           (const char    *name_or_path,
                                                 GError       **error) G_GNUC_WARN_UNUSED_RESULT;
VLIVE_AVAILABLE_IN_0_1
VliveProfile      *vlive_profile_new_from_data  (const char    *data,
                                                 gssize         length,
                                                 GError       **error) G_GNUC_WARN_UNUSED_RESULT;
VLIVE_AVAILABLE_IN_0_1
VliveProfile      *vlive_profile_ref            (VliveProfile  *self);
VLIVE_AVAILABLE_IN_0_1
void               vlive_profile_unref          (VliveProfile  *self);
VLIVE_AVAILABLE_IN_0_1
const char        *vlive_profile_get_name       (VliveProfile  *self);
VLIVE_AVAILABLE_IN_0_1
const char        *vlive_profile_get_title      (VliveProfile  *self);
VLIVE_AVAILABLE_IN_0_1
const char        *vlive_profile_get_base_url   (VliveProfile  *self);
/* The resources it names, for a sidebar. */
VLIVE_AVAILABLE_IN_0_1
const char * const *vlive_profile_get_resources (VliveProfile  *self);
/* The same profile at another base URL. */
VLIVE_AVAILABLE_IN_0_1
VliveProfile      *vlive_profile_with_base_url  (VliveProfile  *self,
                                                 const char    *base_url,
                                                 GError       **error) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VliveProfile, vlive_profile_unref)

/* A collection of a REST API. */
#define VLIVE_TYPE_REST_MASTER (vlive_rest_master_get_type ())

VLIVE_AVAILABLE_IN_0_1
G_DECLARE_FINAL_TYPE (VliveRestMaster, vlive_rest_master, VLIVE, REST_MASTER, GObject)

/* @resource: a path below the base URL, such as "posts" or "users/1/albums".
 * Properties: "profile", "resource", "max-fetches", "connect-timeout",
 * "timeout" (ms). */
VLIVE_AVAILABLE_IN_0_1
VliveRestMaster   *vlive_rest_master_new           (VliveProfile    *profile,
                                                    const char      *resource) G_GNUC_WARN_UNUSED_RESULT;
/* "Bearer …" or "Basic …", sent to the host of the base URL only. Never kept
 * on disk and never printed. "Basic …" also names the account. Before the
 * master is given to a store. */
VLIVE_AVAILABLE_IN_0_1
void               vlive_rest_master_set_authorization (VliveRestMaster *self,
                                                    const char      *authorization);
/* Names the account in the identity, where the authorization is a token that
 * says nothing of it. Before the master is given to a store. */
VLIVE_AVAILABLE_IN_0_1
void               vlive_rest_master_set_account (VliveRestMaster *self,
                                                    const char      *account);
/* Ends its connections; running calls fail with VLIVE_ERROR_CLOSED. */
VLIVE_AVAILABLE_IN_0_1
void               vlive_rest_master_close         (VliveRestMaster *self);

G_END_DECLS
