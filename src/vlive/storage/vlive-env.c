/* vlive-env.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "storage/vlive-env-private.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/vlive-error.h"
#include "base/vlive-log-private.h"
#include "storage/vlive-places-private.h"

VliveEnv *
_vlive_env_new (const char *path, const VliveStorageOptions *options)
{
  VliveEnv *self = g_new0 (VliveEnv, 1);

  self->path = g_strdup (path);
  self->options = *options;
  self->options.databases =
      (const char *const *) g_strdupv ((char **) options->databases);
  self->n_databases = g_strv_length ((char **) options->databases);
  self->databases = g_new0 (MDB_dbi, MAX (self->n_databases, 1));
  self->lock_fd = -1;
  self->old_heads = g_ptr_array_new ();
  g_rw_lock_init (&self->lock);
  g_mutex_init (&self->inline_lock);

  return self;
}

void
_vlive_env_free (VliveEnv *self)
{
  _vlive_env_stop (self);
  for (guint i = 0; i < self->old_heads->len; i++)
    _vlive_heads_free (self->old_heads->pdata[i]);
  g_ptr_array_unref (self->old_heads);
  g_clear_pointer (&self->heads, _vlive_heads_free);
  g_clear_pointer (&self->gate, _vlive_gate_free);
  g_clear_error (&self->failure);
  g_rw_lock_clear (&self->lock);
  g_mutex_clear (&self->inline_lock);
  g_strfreev ((char **) self->options.databases);
  g_free (self->databases);
  g_free (self->path);
  g_free (self);
}

static gboolean
fail (VliveEnv *self, GError **error, VliveError code, const char *words, int saved)
{
  g_autofree char *name = g_filename_display_name (self->path);

  g_set_error (error, VLIVE_ERROR, (gint) code, "“%s” %s%s%s", name, words,
               saved != 0 ? ": " : "", saved != 0 ? g_strerror (saved) : "");

  return FALSE;
}

/* NULL: it may be ours. Also fills in @info and @head, if there is one. */
static const char *
look_at_file (VliveEnv *self, struct stat *info, VliveHead *head, int *fd)
{
  *fd = open (self->path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  if (*fd < 0 || fstat (*fd, info) != 0)
    return NULL;
  if (!S_ISREG (info->st_mode))
    return "is not a file";
  if (info->st_size == 0)
    return NULL;

  return _vlive_pages_read_head (*fd, head);
}

/* Before anything is made beside it: somebody else's file is left in peace. */
static gboolean
check_before (VliveEnv *self, GError **error)
{
  struct stat info = { 0 };
  VliveHead head;
  const char *fault;
  int fd;

  fault = look_at_file (self, &info, &head, &fd);
  if (fd < 0 && errno != ENOENT)
    return fail (self, error, VLIVE_ERROR_STORAGE, "cannot be opened", errno);
  if (fd < 0 && self->options.must_exist)
    return fail (self, error, VLIVE_ERROR_NOT_FOUND, "does not exist", 0);
  if (fd < 0)
    return TRUE;
  close (fd);
  /* Under another name its locks would be others. */
  if (S_ISREG (info.st_mode) && info.st_nlink > 1)
    return fail (
        self, error, VLIVE_ERROR_UNSUPPORTED,
        "has several names (hard links), under which it cannot be shared safely: "
        "make it a copy of its own",
        0);
  if (fault == NULL && info.st_size == 0 && self->options.must_exist)
    fault = "is empty";
  if (fault != NULL && self->options.kind == VLIVE_STORAGE_DURABLE)
    {
      _vlive_env_set_fault (self, fault, error);
      return FALSE;
    }

  return TRUE;
}

gboolean
_vlive_env_prepare (VliveEnv *self, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (self->path);
  g_autofree char *name = NULL;

  if (!_vlive_places_can_hold_storage (folder, error)
      || (!self->options.must_exist && !_vlive_places_ensure_folder (folder, error))
      || !check_before (self, error))
    return FALSE;
  self->gate = _vlive_gate_new (self->path, error);
  if (self->gate != NULL)
    return TRUE;
  name = g_filename_display_name (self->path);
  g_prefix_error (error, "“%s” cannot be opened: ", name);

  return FALSE;
}

/* What to make of the file when nobody else has it open. NULL: open it. */
static const char *
judge (VliveEnv *self, const struct stat *info, const VliveHead *head, int fd)
{
  VliveTrust trust = _vlive_gate_get_trust (self->gate, info);
  gboolean is_short = (gsize) info->st_size < (head->last_page + 1) * head->page_size;
  gboolean is_empty = head->last_page < 2; /* two heads and nothing else */

  if (self->options.kind == VLIVE_STORAGE_DISPOSABLE)
    {
      if (trust == VLIVE_TRUST_OTHER_BOOT)
        return "was open when the machine stopped";
      if (trust == VLIVE_TRUST_UNKNOWN && !is_empty)
        return "was left nobody knows how";
    }
  if (trust == VLIVE_TRUST_CLEAN && !is_short)
    return NULL;

  return _vlive_pages_check (fd, head);
}

/* NULL: it can be opened, or made. */
static const char *
examine (VliveEnv *self, gboolean alone)
{
  struct stat info = { 0 };
  VliveHead head = { 0 };
  const char *fault;
  int fd;

  fault = look_at_file (self, &info, &head, &fd);
  if (fd < 0)
    return NULL;
  if (fault == NULL && info.st_size == 0
      && _vlive_gate_get_trust (self->gate, &info) != VLIVE_TRUST_UNKNOWN)
    fault = "is empty";
  else if (fault == NULL && info.st_size > 0 && alone)
    fault = judge (self, &info, &head, fd);
  close (fd);

  return fault;
}

static void
warn_discarded (VliveEnv *self, const char *fault)
{
  g_autofree char *name = g_filename_display_name (self->path);
  g_autofree char *subject = g_strconcat ("discard:", self->path, NULL);

  /* Once each time, not once for ever. */
  _vlive_warn_forget (subject);
  _vlive_warn_once (subject, "discarded", "“%s” %s; it was thrown away and begun anew",
                    name, fault);
  _vlive_warn_forget (subject);
}

/* In our turn. */
static gboolean
discard (VliveEnv *self, const char *fault, GError **error)
{
  g_autofree char *lock = g_strconcat (self->path, "-lock", NULL);

  if (unlink (self->path) != 0 && errno != ENOENT)
    return fail (self, error, VLIVE_ERROR_STORAGE, "is of no use and cannot be removed",
                 errno);
  unlink (lock);
  warn_discarded (self, fault);

  return _vlive_gate_raise_generation (self->gate, error);
}

/* A new file is there after a crash of the machine only if its folder says so. */
static void
sync_folder (VliveEnv *self)
{
  g_autofree char *folder = g_path_get_dirname (self->path);
  int fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

  if (fd >= 0)
    {
      fsync (fd);
      close (fd);
    }
}

static gboolean
refuse (VliveEnv *self, const char *fault, gboolean alone, GError **error)
{
  if (self->options.kind == VLIVE_STORAGE_DURABLE)
    {
      _vlive_env_set_fault (self, fault, error);
      return FALSE;
    }
  if (!alone)
    return fail (self, error, VLIVE_ERROR_STORAGE,
                 "is of no use to this program, and another one has it open", 0);

  return TRUE;
}

static gboolean
open_in_turn (VliveEnv *self, GError **error)
{
  g_autoptr (GError) local = NULL;
  const char *fault;
  gboolean alone, is_new;
  int rc;

  if (!_vlive_gate_enter (self->gate, &alone, error))
    return FALSE;
  fault = examine (self, alone);
  if (fault != NULL
      && (!refuse (self, fault, alone, error) || !discard (self, fault, error)))
    return FALSE;

  is_new = access (self->path, F_OK) != 0;
  rc = _vlive_env_start (self, &local);
  if (_vlive_env_is_damage (rc) && self->options.kind == VLIVE_STORAGE_DISPOSABLE)
    {
      if (!refuse (self, "", alone, error)
          || !discard (self,
                       rc == MDB_INCOMPATIBLE ? "is of another kind or format"
                                              : "is damaged",
                       error))
        return FALSE;
      g_clear_error (&local);
      rc = _vlive_env_start (self, &local);
    }
  /* Half of a file is worse than none. */
  if (rc != 0 && is_new && alone)
    unlink (self->path);
  if (rc == 0 && is_new && self->options.kind == VLIVE_STORAGE_DURABLE)
    sync_folder (self);
  if (local != NULL)
    g_propagate_error (error, g_steal_pointer (&local));

  return rc == 0;
}

gboolean
_vlive_env_open (VliveEnv *self, GError **error)
{
  gboolean is_open;

  if (!_vlive_gate_take_turn (self->gate, error))
    return FALSE;
  g_rw_lock_writer_lock (&self->lock);
  is_open = open_in_turn (self, error);
  g_rw_lock_writer_unlock (&self->lock);
  if (!is_open)
    _vlive_gate_leave (self->gate);
  _vlive_gate_end_turn (self->gate);

  return is_open;
}

void
_vlive_env_close (VliveEnv *self)
{
  gboolean is_last, is_safe = TRUE;
  struct stat info;

  if (self->env == NULL || !_vlive_gate_take_turn (self->gate, NULL))
    return;
  is_last = _vlive_gate_is_alone (self->gate);
  if (is_last && self->options.kind == VLIVE_STORAGE_DISPOSABLE
      && _vlive_gate_is_marked_used (self->gate))
    is_safe = mdb_env_sync (self->env, 1) == 0;
  _vlive_env_stop (self);
  if (is_last && is_safe && stat (self->path, &info) == 0)
    _vlive_gate_mark_clean (self->gate, &info);
  _vlive_gate_end_turn (self->gate);
}

static gboolean
reopen_in_turn (VliveEnv *self, const char *fault, GError **error)
{
  _vlive_env_stop (self);
  /* Unless others were faster. */
  if (fault != NULL && _vlive_gate_get_generation (self->gate) == self->generation
      && !discard (self, fault, error))
    return FALSE;
  _vlive_located_clear (&self->located);

  return _vlive_env_start (self, error) == 0;
}

gboolean
_vlive_env_reopen (VliveEnv *self, guint incarnation, const char *fault)
{
  gboolean is_open;

  g_rw_lock_writer_lock (&self->lock);
  if (self->incarnation == incarnation && self->failure == NULL)
    {
      GError *error = NULL;

      if (_vlive_gate_take_turn (self->gate, &error))
        {
          reopen_in_turn (self, fault, &error);
          _vlive_gate_end_turn (self->gate);
        }
      self->failure = error;
    }
  is_open = self->failure == NULL && self->env != NULL;
  g_rw_lock_writer_unlock (&self->lock);
  if (is_open)
    _vlive_gate_wake (self->gate, _vlive_env_get_change (self));

  return is_open;
}
