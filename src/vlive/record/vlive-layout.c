/* vlive-layout.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "record/vlive-layout-private.h"

#include <string.h>

#include "base/vlive-error.h"
#include "record/vlive-block-private.h"

/*
 * Layouts are named by the first 64 bits of a SHA-256 over their names, so
 * that the same names have the same hash in every process and on every
 * machine, and two different lists of names do not meet by accident. If two
 * living layouts meet all the same, the one that came first keeps the hash,
 * and the other is hashed again with the next salt (0, 1, 2, ...) until it
 * has a hash of its own; the salt is part of the serialized form. A serialized
 * layout whose hash is taken by other names is refused, so a block is never
 * read with the wrong names.
 */
#define N_BY_TAG 16

struct _VliveLayout
{
  int ref_count; /* atomic; the last one goes with the lock held */
  guint n_names;
  guint64 hash;
  guint32 index_mask;
  guint8 salt;
  guint16 tags[N_BY_TAG]; /* of few names: the first two bytes of each */
  guint16 *index;         /* owned; of more: index_mask + 1 entries of 0 or index + 1 */
  const char **names;     /* owned; the texts are in @text */
  char *text;             /* owned */
};

#define SERIAL_HEADER_SIZE 16
#define SERIAL_VERSION 1

static GMutex registry_lock;
static GHashTable *by_hash;  /* guint64 * → VliveLayout, both in the layout */
static GHashTable *by_names; /* VliveLayout → itself */
static guint64 hash_mask = G_MAXUINT64;

static inline guint32
name_hash (const char *name)
{
  guint32 h = 5381;

  for (const guint8 *p = (const guint8 *) name; *p != 0; p++)
    h = h * 33 + *p;

  return h ^ (h >> 16);
}

static inline guint16
name_tag (const char *name)
{
  if (name[0] == '\0')
    return 0;

  return (guint16) ((guint8) name[0] << 8 | (guint8) name[1]);
}

static guint
names_hash (gconstpointer key)
{
  const VliveLayout *self = key;
  guint h = self->n_names;

  for (guint i = 0; i < self->n_names; i++)
    h = h * 16777619u ^ name_hash (self->names[i]);

  return h;
}

static gboolean
names_equal (gconstpointer a, gconstpointer b)
{
  const VliveLayout *x = a;
  const VliveLayout *y = b;

  if (x->n_names != y->n_names)
    return FALSE;

  for (guint i = 0; i < x->n_names; i++)
    if (strcmp (x->names[i], y->names[i]) != 0)
      return FALSE;

  return TRUE;
}

static guint64
compute_hash (const char *const *names, gsize n_names, guint8 salt)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  guint8 digest[32];
  gsize size = sizeof digest;

  g_checksum_update (checksum, &salt, 1);
  for (gsize i = 0; i < n_names; i++)
    {
      guint8 len[8];

      _vlive_store_u64 (len, strlen (names[i]));
      g_checksum_update (checksum, len, sizeof len);
      g_checksum_update (checksum, (const guint8 *) names[i],
                         (gssize) strlen (names[i]));
    }
  g_checksum_get_digest (checksum, digest, &size);

  return _vlive_load_u64 (digest) & hash_mask;
}

static void
build_index (VliveLayout *self)
{
  guint32 size = 4 * N_BY_TAG;

  for (guint i = 0; i < self->n_names && i < N_BY_TAG; i++)
    self->tags[i] = name_tag (self->names[i]);
  if (self->n_names <= N_BY_TAG)
    return;

  while (size < self->n_names * 2)
    size *= 2;
  self->index_mask = size - 1;
  self->index = g_new0 (guint16, size);
  for (guint i = 0; i < self->n_names; i++)
    {
      guint32 at = name_hash (self->names[i]) & self->index_mask;

      while (self->index[at] != 0)
        at = (at + 1) & self->index_mask;
      self->index[at] = (guint16) (i + 1);
    }
}

static VliveLayout *
layout_new (const char *const *names, gsize n_names, guint8 salt, guint64 hash)
{
  VliveLayout *self = g_new0 (VliveLayout, 1);
  gsize size = 1;
  char *end;

  self->ref_count = 1;
  self->n_names = (guint) n_names;
  self->salt = salt;
  self->hash = hash;
  for (gsize i = 0; i < n_names; i++)
    size += strlen (names[i]) + 1;
  end = self->text = g_malloc (size);
  self->names = g_new (const char *, MAX (n_names, 1));
  for (gsize i = 0; i < n_names; i++)
    {
      self->names[i] = end;
      end = g_stpcpy (end, names[i]) + 1;
    }
  build_index (self);

  return self;
}

static void
layout_free (VliveLayout *self)
{
  g_free (self->index);
  g_free (self->names);
  g_free (self->text);
  g_free (self);
}

/* With the lock held; takes over @self. */
static VliveLayout *
registry_add (VliveLayout *self)
{
  if (by_hash == NULL)
    {
      by_hash = g_hash_table_new (g_int64_hash, g_int64_equal);
      by_names = g_hash_table_new (names_hash, names_equal);
    }
  g_hash_table_insert (by_hash, &self->hash, self);
  if (!g_hash_table_contains (by_names, self))
    g_hash_table_add (by_names, self);

  return self;
}

/* With the lock held. */
static void
registry_remove (VliveLayout *self)
{
  g_hash_table_remove (by_hash, &self->hash);
  if (g_hash_table_lookup (by_names, self) == self)
    g_hash_table_remove (by_names, self);
  if (g_hash_table_size (by_hash) == 0)
    {
      g_clear_pointer (&by_hash, g_hash_table_unref);
      g_clear_pointer (&by_names, g_hash_table_unref);
    }
}

static VliveLayout *
registry_find (GHashTable *table, gconstpointer key)
{
  return table != NULL ? g_hash_table_lookup (table, key) : NULL;
}

/* With the lock held: the first salt whose hash is free or already ours. */
static VliveLayout *
intern_new (const VliveLayout *probe)
{
  for (guint salt = 0; salt <= G_MAXUINT8; salt++)
    {
      guint64 hash = compute_hash (probe->names, probe->n_names, (guint8) salt);
      VliveLayout *found = registry_find (by_hash, &hash);

      if (found == NULL && hash != 0)
        return registry_add (
            layout_new (probe->names, probe->n_names, (guint8) salt, hash));
      if (found != NULL && names_equal (found, probe))
        return _vlive_layout_ref (found);
    }

  g_error ("no hash left for a layout of %u names", probe->n_names);
}

/* At most VLIVE_LAYOUT_MAX_NAMES names, all different. */
VliveLayout *
_vlive_layout_intern (const char *const *names, gsize n_names)
{
  VliveLayout probe = { .names = (const char **) names, .n_names = (guint) n_names };
  VliveLayout *self;

  g_assert (n_names <= VLIVE_LAYOUT_MAX_NAMES);

  g_mutex_lock (&registry_lock);
  self = registry_find (by_names, &probe);
  if (self != NULL)
    _vlive_layout_ref (self);
  else
    self = intern_new (&probe);
  g_mutex_unlock (&registry_lock);

  return self;
}

VliveLayout *
_vlive_layout_lookup (guint64 hash)
{
  VliveLayout *self;

  g_mutex_lock (&registry_lock);
  self = registry_find (by_hash, &hash);
  if (self != NULL)
    _vlive_layout_ref (self);
  g_mutex_unlock (&registry_lock);

  return self;
}

VliveLayout *
_vlive_layout_ref (VliveLayout *self)
{
  g_atomic_int_inc (&self->ref_count);

  return self;
}

/* The count falls to zero only with the lock held, so that nobody finds a
 * layout in the registry that is about to go. */
void
_vlive_layout_unref (VliveLayout *self)
{
  gboolean gone;
  int count = g_atomic_int_get (&self->ref_count);

  while (count > 1)
    {
      if (g_atomic_int_compare_and_exchange (&self->ref_count, count, count - 1))
        return;
      count = g_atomic_int_get (&self->ref_count);
    }

  g_mutex_lock (&registry_lock);
  gone = g_atomic_int_dec_and_test (&self->ref_count);
  if (gone)
    registry_remove (self);
  g_mutex_unlock (&registry_lock);
  if (gone)
    layout_free (self);
}

guint64
_vlive_layout_get_hash (VliveLayout *self)
{
  return self->hash;
}

guint
_vlive_layout_get_n_names (VliveLayout *self)
{
  return self->n_names;
}

const char *
_vlive_layout_get_name (VliveLayout *self, guint index)
{
  g_assert (index < self->n_names);

  return self->names[index];
}

/* Of few names, their first two bytes tell nearly all from one another. */
static int
find_by_tag (VliveLayout *self, const char *name)
{
  guint16 tag = name_tag (name);

  for (guint i = 0; i < self->n_names; i++)
    if (self->tags[i] == tag
        && (self->names[i] == name || strcmp (self->names[i], name) == 0))
      return (int) i;

  return -1;
}

int
_vlive_layout_find (VliveLayout *self, const char *name)
{
  guint32 at;

  if (self->n_names <= N_BY_TAG)
    return find_by_tag (self, name);

  at = name_hash (name) & self->index_mask;
  while (self->index[at] != 0)
    {
      guint i = self->index[at] - 1u;

      if (strcmp (self->names[i], name) == 0)
        return (int) i;
      at = (at + 1) & self->index_mask;
    }

  return -1;
}

/*
 * Serialized, little-endian: "VL", version, salt, u32 number of names, u64
 * hash; then every name as u32 length and bytes.
 */
GBytes *
_vlive_layout_serialize (VliveLayout *self)
{
  gsize size = SERIAL_HEADER_SIZE;
  guint8 *data;
  guint8 *p;

  for (guint i = 0; i < self->n_names; i++)
    size += 4 + strlen (self->names[i]);
  p = data = g_malloc (size);
  memcpy (p, "VL", 2);
  p[2] = SERIAL_VERSION;
  p[3] = self->salt;
  _vlive_store_u32 (p + 4, self->n_names);
  _vlive_store_u64 (p + 8, self->hash);
  p += SERIAL_HEADER_SIZE;
  for (guint i = 0; i < self->n_names; i++)
    {
      gsize len = strlen (self->names[i]);

      _vlive_store_u32 (p, (guint32) len);
      memcpy (p + 4, self->names[i], len);
      p += 4 + len;
    }

  return g_bytes_new_take (data, size);
}

static gboolean
corrupt (GError **error, const char *what)
{
  g_set_error (error, VLIVE_ERROR, VLIVE_ERROR_CORRUPT, "Not a layout of records: %s",
               what);

  return FALSE;
}

/* The names of a serialized layout, all valid and different. */
static gboolean
parse_names (const guint8 *data, gsize size, GPtrArray *names, GError **error)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  guint32 n_names = _vlive_load_u32 (data + 4);
  gsize at = SERIAL_HEADER_SIZE;

  if (n_names > VLIVE_LAYOUT_MAX_NAMES)
    return corrupt (error, "too many fields");
  for (guint32 i = 0; i < n_names; i++)
    {
      guint32 len;

      if (size - at < 4)
        return corrupt (error, "cut short");
      len = _vlive_load_u32 (data + at);
      at += 4;
      if (size - at < len)
        return corrupt (error, "cut short");
      if (!g_utf8_validate_len ((const char *) data + at, len, NULL))
        return corrupt (error, "a field's name is not UTF-8");
      g_ptr_array_add (names, g_strndup ((const char *) data + at, len));
      if (!g_hash_table_add (seen, names->pdata[i]))
        return corrupt (error, "two fields of one name");
      at += len;
    }
  if (at != size)
    return corrupt (error, "too long");

  return TRUE;
}

static VliveLayout *
intern_with_hash (const VliveLayout *probe)
{
  VliveLayout *self;

  g_mutex_lock (&registry_lock);
  self = registry_find (by_hash, &probe->hash);
  if (self != NULL)
    self = names_equal (self, probe) ? _vlive_layout_ref (self) : NULL;
  else if (compute_hash (probe->names, probe->n_names, probe->salt) == probe->hash)
    self = registry_add (
        layout_new (probe->names, probe->n_names, probe->salt, probe->hash));
  g_mutex_unlock (&registry_lock);

  return self;
}

VliveLayout *
_vlive_layout_intern_serialized (const guint8 *data, gsize size, GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  VliveLayout probe = { 0 };
  VliveLayout *self;

  if (size < SERIAL_HEADER_SIZE || memcmp (data, "VL", 2) != 0
      || data[2] != SERIAL_VERSION)
    {
      corrupt (error, "no header of version 1");
      return NULL;
    }
  if (!parse_names (data, size, names, error))
    return NULL;

  probe.names = (const char **) names->pdata;
  probe.n_names = names->len;
  probe.salt = data[3];
  probe.hash = _vlive_load_u64 (data + 8);
  self = intern_with_hash (&probe);
  if (self == NULL)
    corrupt (error, "its hash belongs to other names");

  return self;
}

void
_vlive_layout_set_hash_mask (guint64 mask)
{
  hash_mask = mask;
}

guint
_vlive_layout_count (void)
{
  guint n;

  g_mutex_lock (&registry_lock);
  n = by_hash != NULL ? g_hash_table_size (by_hash) : 0;
  g_mutex_unlock (&registry_lock);

  return n;
}
