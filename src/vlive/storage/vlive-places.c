/* vlive-places.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "storage/vlive-places-private.h"

#include <errno.h>
#include <sys/vfs.h>

#include "base/vlive-error.h"

typedef struct
{
  guint32 type; /* statfs f_type */
  const char *name;
} ForeignKind;

/* Where a memory map is not coherent between machines, or between the server
 * process and us, or where locks are advisory in name only. */
static const ForeignKind foreign_kinds[] = {
  { 0x00006969, "NFS" },         { 0x0000517b, "SMB" },
  { 0xff534d42, "CIFS" },        { 0xfe534d42, "SMB" },
  { 0x65735546, "FUSE" },        { 0x65735543, "FUSE" },
  { 0x01021997, "9P" },          { 0x00c36400, "Ceph" },
  { 0x5346414f, "AFS" },         { 0x6b414653, "AFS" },
  { 0x73757245, "Coda" },        { 0x0000564c, "NCP" },
  { 0x7461636f, "OCFS2" },       { 0x01161970, "GFS2" },
  { 0x0bd00bd0, "Lustre" },      { 0x47504653, "GPFS" },
  { 0x786f4256, "VirtualBox" },  { 0xaad7aaea, "PanFS" },
  { 0x20030528, "OrangeFS" },    { 0x013661c2, "IBRIX" },
  { 0xbacbacbc, "VMware HGFS" }, { 0x19830326, "BeeGFS" },
};

char *
_vlive_places_dup_cache_folder (void)
{
  return g_build_filename (g_get_user_cache_dir (), "vlive", NULL);
}

char *
_vlive_places_dup_state_folder (void)
{
  return g_build_filename (g_get_user_state_dir (), "vlive", NULL);
}

char *
_vlive_places_dup_data_folder (void)
{
  return g_build_filename (g_get_user_data_dir (), "vlive", NULL);
}

gboolean
_vlive_places_ensure_folder (const char *folder, GError **error)
{
  g_autofree char *name = NULL;
  int saved;

  if (g_mkdir_with_parents (folder, 0700) == 0)
    return TRUE;

  saved = errno;
  name = g_filename_display_name (folder);
  g_set_error (error, VLIVE_ERROR, VLIVE_ERROR_STORAGE,
               "The folder “%s” cannot be made: %s", name, g_strerror (saved));

  return FALSE;
}

const char *
_vlive_places_get_foreign_kind (guint64 type)
{
  for (guint i = 0; i < G_N_ELEMENTS (foreign_kinds); i++)
    if (foreign_kinds[i].type == (guint32) type)
      return foreign_kinds[i].name;

  return NULL;
}

/* statfs() of the path, or of what is nearest above it and exists. */
static int
nearest_statfs (const char *path, struct statfs *info)
{
  g_autofree char *place = g_canonicalize_filename (path, NULL);
  int result;

  while ((result = statfs (place, info)) != 0 && (errno == ENOENT || errno == ENOTDIR)
         && strcmp (place, "/") != 0)
    {
      char *parent = g_path_get_dirname (place);

      g_free (place);
      place = parent;
    }

  return result;
}

gboolean
_vlive_places_can_hold_storage (const char *path, GError **error)
{
  g_autofree char *name = g_filename_display_name (path);
  struct statfs info;
  const char *kind;

  if (nearest_statfs (path, &info) != 0)
    {
      int saved = errno;

      g_set_error (error, VLIVE_ERROR, VLIVE_ERROR_STORAGE,
                   "“%s” cannot be looked at: %s", name, g_strerror (saved));
      return FALSE;
    }
  kind = _vlive_places_get_foreign_kind ((guint64) info.f_type);
  if (kind == NULL)
    return TRUE;

  g_set_error (error, VLIVE_ERROR, VLIVE_ERROR_UNSUPPORTED,
               "“%s” is on a file system (%s) that cannot hold such a file safely: "
               "choose a folder on a local disk",
               name, kind);

  return FALSE;
}
