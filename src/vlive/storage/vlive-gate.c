/* vlive-gate.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "storage/vlive-gate-private.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "base/vlive-error.h"
#include "storage/vlive-pin-private.h"

#define MAGIC 0x4b57564cu /* "LVWK" */
#define LAYOUT 1
#define FILE_SIZE 4096
#define TURN_BYTE 2048
#define USERS_BYTE 2049
#define BOOT_ID "/proc/sys/kernel/random/boot_id"

enum
{
  STATE_NONE,
  STATE_USED,
  STATE_CLEAN,
};

/* The file, in the machine's own byte order: it does not travel. */
typedef struct
{
  guint64 wake;
  guint32 magic;
  guint32 layout;
  guint64 generation;
  guint32 state;
  guint32 reserved;
  char boot_id[40];
  /* How the storage's file was left when it was marked clean. */
  guint64 size;
  gint64 mtime_s;
  gint64 mtime_ns;
  guint64 end[1];
} Record;

G_STATIC_ASSERT (sizeof (Record) == 104);

struct _VliveGate
{
  char *path; /* owned */
  int fd;     /* owned */
  VlivePin pin;
  char boot_id[40];
};

static void
set_error (VliveGate *self, GError **error)
{
  int saved = errno;
  g_autofree char *name = g_filename_display_name (self->path);

  g_set_error (error, VLIVE_ERROR, VLIVE_ERROR_STORAGE, "“%s” cannot be written: %s",
               name, g_strerror (saved));
  errno = saved;
}

static gboolean
write_at (VliveGate *self, gconstpointer data, gsize size, gsize offset)
{
  gssize n;

  do
    n = pwrite (self->fd, data, size, (off_t) offset);
  while (n < 0 && errno == EINTR);
  if (n >= 0 && (gsize) n < size)
    errno = ENOSPC;

  return n == (gssize) size;
}

static gboolean
read_record (VliveGate *self, Record *record)
{
  gssize n;

  do
    n = pread (self->fd, record, sizeof *record, 0);
  while (n < 0 && errno == EINTR);

  if (n == (gssize) sizeof *record && record->magic == MAGIC
      && record->layout == LAYOUT)
    return TRUE;
  errno = EIO;

  return FALSE;
}

/* Each writes only what it is about: others may be writing the rest. */
#define WRITE_FIELDS(self, record, first, behind)                                      \
  write_at (self, (const guint8 *) (record) + G_STRUCT_OFFSET (Record, first),         \
            G_STRUCT_OFFSET (Record, behind) - G_STRUCT_OFFSET (Record, first),        \
            G_STRUCT_OFFSET (Record, first))

static void
read_boot_id (char *boot_id, gsize size)
{
  g_autofree char *text = NULL;

  if (g_file_get_contents (BOOT_ID, &text, NULL, NULL))
    g_strlcpy (boot_id, g_strstrip (text), size);
}

/* In full, once, so that a full disk shows here and nowhere else. */
static gboolean
fill (VliveGate *self)
{
  struct stat info;
  g_autofree char *zeros = NULL;

  if (fstat (self->fd, &info) != 0)
    return FALSE;
  if (info.st_size >= FILE_SIZE)
    return TRUE;
  zeros = g_malloc0 (FILE_SIZE);

  return write_at (self, zeros + info.st_size, (gsize) (FILE_SIZE - info.st_size),
                   (gsize) info.st_size);
}

/* In our turn. What is not one of our gates becomes one. */
static gboolean
initialize (VliveGate *self)
{
  Record record = { 0 };

  if (!fill (self))
    return FALSE;
  if (read_record (self, &record))
    return TRUE;
  memset (&record, 0, sizeof record);
  record.magic = MAGIC;
  record.layout = LAYOUT;

  return WRITE_FIELDS (self, &record, magic, end);
}

VliveGate *
_vlive_gate_new (const char *data_path, GError **error)
{
  VliveGate *self = g_new0 (VliveGate, 1);

  self->path = g_strconcat (data_path, "-wake", NULL);
  self->fd = open (self->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (self->fd < 0)
    {
      set_error (self, error);
      _vlive_gate_free (self);
      return NULL;
    }
  read_boot_id (self->boot_id, sizeof self->boot_id);

  return self;
}

void
_vlive_gate_free (VliveGate *self)
{
  _vlive_pin_unmap (&self->pin);
  if (self->fd >= 0)
    close (self->fd);
  g_free (self->path);
  g_free (self);
}

static gboolean
lock_byte (VliveGate *self, int command, short type, off_t byte)
{
  struct flock lock = { 0 };
  int result;

  lock.l_type = type;
  lock.l_whence = SEEK_SET;
  lock.l_start = byte;
  lock.l_len = 1;
  do
    result = fcntl (self->fd, command, &lock);
  while (result != 0 && errno == EINTR);

  return result == 0;
}

gboolean
_vlive_gate_take_turn (VliveGate *self, GError **error)
{
  if (lock_byte (self, F_OFD_SETLKW, F_WRLCK, TURN_BYTE))
    return TRUE;
  set_error (self, error);

  return FALSE;
}

void
_vlive_gate_end_turn (VliveGate *self)
{
  lock_byte (self, F_OFD_SETLK, F_UNLCK, TURN_BYTE);
}

void
_vlive_gate_leave (VliveGate *self)
{
  lock_byte (self, F_OFD_SETLK, F_UNLCK, USERS_BYTE);
}

gboolean
_vlive_gate_is_alone (VliveGate *self)
{
  gboolean alone = lock_byte (self, F_OFD_SETLK, F_WRLCK, USERS_BYTE);

  if (alone)
    lock_byte (self, F_OFD_SETLK, F_RDLCK, USERS_BYTE);

  return alone;
}

gboolean
_vlive_gate_enter (VliveGate *self, gboolean *alone, GError **error)
{
  *alone = _vlive_gate_is_alone (self);

  if ((*alone || lock_byte (self, F_OFD_SETLKW, F_RDLCK, USERS_BYTE))
      && initialize (self)
      && (self->pin.data != NULL
          || _vlive_pin_map (&self->pin, self->fd, sizeof (Record))))
    return TRUE;
  set_error (self, error);

  return FALSE;
}

static gboolean
looks_the_same (const Record *record, const struct stat *info)
{
  return record->size == (guint64) info->st_size
         && record->mtime_s == info->st_mtim.tv_sec
         && record->mtime_ns == info->st_mtim.tv_nsec;
}

static gboolean
is_of_this_boot (VliveGate *self, const Record *record)
{
  /* A boot that cannot be told is always another one. */
  return self->boot_id[0] != '\0'
         && strncmp (record->boot_id, self->boot_id, sizeof record->boot_id) == 0;
}

VliveTrust
_vlive_gate_get_trust (VliveGate *self, const struct stat *info)
{
  Record record;

  if (!read_record (self, &record) || record.state == STATE_NONE)
    return VLIVE_TRUST_UNKNOWN;
  if (record.state == STATE_CLEAN)
    return looks_the_same (&record, info) ? VLIVE_TRUST_CLEAN : VLIVE_TRUST_TOUCHED;

  return is_of_this_boot (self, &record) ? VLIVE_TRUST_SAME_BOOT
                                         : VLIVE_TRUST_OTHER_BOOT;
}

gboolean
_vlive_gate_is_marked_used (VliveGate *self)
{
  Record record;

  return read_record (self, &record) && record.state == STATE_USED
         && is_of_this_boot (self, &record);
}

gboolean
_vlive_gate_mark_used (VliveGate *self, GError **error)
{
  Record record;

  if (_vlive_gate_is_marked_used (self))
    return TRUE;
  if (read_record (self, &record))
    {
      record.state = STATE_USED;
      memcpy (record.boot_id, self->boot_id, sizeof record.boot_id);
      if (WRITE_FIELDS (self, &record, state, size) && fdatasync (self->fd) == 0)
        return TRUE;
    }
  set_error (self, error);

  return FALSE;
}

void
_vlive_gate_mark_clean (VliveGate *self, const struct stat *info)
{
  Record record;

  if (!read_record (self, &record))
    return;
  if (record.state == STATE_CLEAN && looks_the_same (&record, info))
    return;
  record.state = STATE_CLEAN;
  record.size = (guint64) info->st_size;
  record.mtime_s = info->st_mtim.tv_sec;
  record.mtime_ns = info->st_mtim.tv_nsec;
  /* If this is lost, the file is looked through at the next opening. */
  if (WRITE_FIELDS (self, &record, state, end))
    fdatasync (self->fd);
}

gboolean
_vlive_gate_raise_generation (VliveGate *self, GError **error)
{
  Record record;

  if (read_record (self, &record))
    {
      record.generation++;
      if (WRITE_FIELDS (self, &record, generation, state))
        return TRUE;
    }
  set_error (self, error);

  return FALSE;
}

void
_vlive_gate_wake (VliveGate *self, guint64 change)
{
  /* Nothing is lost if it fails: those who watch also poll. */
  write_at (self, &change, sizeof change, 0);
}

guint64
_vlive_gate_get_generation (VliveGate *self)
{
  const Record *record = (const Record *) self->pin.data;

  return __atomic_load_n (&record->generation, __ATOMIC_ACQUIRE);
}

gboolean
_vlive_gate_is_resident (VliveGate *self)
{
  return _vlive_pin_is_resident (&self->pin);
}

int
_vlive_gate_new_inotify (VliveGate *self)
{
  int fd = inotify_init1 (IN_NONBLOCK | IN_CLOEXEC);

  if (fd >= 0 && inotify_add_watch (fd, self->path, IN_MODIFY) < 0)
    {
      close (fd);
      fd = -1;
    }

  return fd;
}

void
_vlive_gate_get_inode (VliveGate *self, guint64 *device, guint64 *inode)
{
  struct stat info = { 0 };

  if (fstat (self->fd, &info) == 0)
    {
      *device = info.st_dev;
      *inode = info.st_ino;
    }
}
