/* vantage-source.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "vantage-source.h"

#include <glib/gi18n.h>

struct _VantageSource
{
  GObject parent_instance;
  char *section;         /* owned */
  char *title;           /* owned */
  char *key;             /* owned */
  char *path;            /* owned; NULL for a REST source */
  VliveProfile *profile; /* owned; NULL for a local one */
  VliveStore *store;     /* owned, nullable */
  guint stale_after;     /* ms */
};

G_DEFINE_FINAL_TYPE (VantageSource, vantage_source, G_TYPE_OBJECT)

static void
vantage_source_finalize (GObject *object)
{
  VantageSource *self = VANTAGE_SOURCE (object);

  g_clear_object (&self->store);
  g_clear_pointer (&self->profile, vlive_profile_unref);
  g_free (self->section);
  g_free (self->title);
  g_free (self->key);
  g_free (self->path);

  G_OBJECT_CLASS (vantage_source_parent_class)->finalize (object);
}

static void
vantage_source_class_init (VantageSourceClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = vantage_source_finalize;
}

static void
vantage_source_init (VantageSource *self)
{
  self->stale_after = 60000;
}

VantageSource *
vantage_source_new_local (const char *path, const char *table)
{
  VantageSource *self = g_object_new (VANTAGE_TYPE_SOURCE, NULL);

  self->section = g_strdup (_ ("Local"));
  self->title = g_strdup (table);
  self->key = g_strconcat ("local/", table, NULL);
  self->path = g_strdup (path);

  return self;
}

VantageSource *
vantage_source_new_rest (VliveProfile *profile, const char *resource)
{
  VantageSource *self = g_object_new (VANTAGE_TYPE_SOURCE, NULL);

  self->section = g_strdup (vlive_profile_get_title (profile));
  self->title = g_strdup (resource);
  self->key = g_strconcat (vlive_profile_get_name (profile), "/", resource, NULL);
  self->profile = vlive_profile_ref (profile);

  return self;
}

void
vantage_source_set_stale_after (VantageSource *self, guint milliseconds)
{
  g_return_if_fail (self->store == NULL);

  self->stale_after = milliseconds;
}

const char *
vantage_source_get_section (VantageSource *self)
{
  return self->section;
}

const char *
vantage_source_get_title (VantageSource *self)
{
  return self->title;
}

const char *
vantage_source_get_key (VantageSource *self)
{
  return self->key;
}

VliveStore *
vantage_source_get_store (VantageSource *self, VliveCache *cache)
{
  if (self->store == NULL)
    {
      g_autoptr (VliveMaster) master = NULL;
      g_autoptr (VliveLiveStream) stream = NULL;

      if (self->path != NULL)
        master = VLIVE_MASTER (vlive_local_master_new (self->path, self->title));
      else
        master = VLIVE_MASTER (vlive_rest_master_new (self->profile, self->title));
      self->store = vlive_store_new (master, cache, self->title);
      vlive_store_set_stale_after (self->store, self->stale_after);
      /* What other windows and programs change shows as they change it. */
      stream = vlive_master_create_stream (master);
      vlive_store_set_live_stream (self->store, stream);
    }

  return self->store;
}

VliveStore *
vantage_source_peek_store (VantageSource *self)
{
  return self->store;
}
