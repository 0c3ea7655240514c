/* test-gate.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "storage-fixture.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include "storage/vlive-gate-private.h"

/* Locks of open file descriptions do not care whose process they are of: two
 * gates here are as good as two processes. */

static VliveGate *
gate_new (const char *path)
{
  g_autoptr (GError) error = NULL;
  VliveGate *gate = _vlive_gate_new (path, &error);

  g_assert_no_error (error);

  return gate;
}

static gboolean
enter (VliveGate *gate)
{
  g_autoptr (GError) error = NULL;
  gboolean alone;

  _vlive_gate_take_turn (gate, &error);
  g_assert_no_error (error);
  _vlive_gate_enter (gate, &alone, &error);
  g_assert_no_error (error);
  _vlive_gate_end_turn (gate);

  return alone;
}

static gboolean
is_alone (VliveGate *gate)
{
  gboolean alone;

  _vlive_gate_take_turn (gate, NULL);
  alone = _vlive_gate_is_alone (gate);
  _vlive_gate_end_turn (gate);

  return alone;
}

static void
test_gate_users (void)
{
  g_autofree char *path = test_dup_path ("file.mdb");
  VliveGate *a = gate_new (path);
  VliveGate *b = gate_new (path);
  VliveGate *c = gate_new (path);
  guint64 inodes[4];

  g_assert_true (enter (a));
  g_assert_true (is_alone (a));
  g_assert_false (enter (b));
  g_assert_false (enter (c));
  g_assert_false (is_alone (a));
  _vlive_gate_free (a);
  g_assert_false (is_alone (b));
  _vlive_gate_leave (c);
  g_assert_true (is_alone (b));
  g_assert_false (enter (c));
  _vlive_gate_get_inode (b, &inodes[0], &inodes[1]);
  _vlive_gate_get_inode (c, &inodes[2], &inodes[3]);
  g_assert_cmpuint (inodes[0], ==, inodes[2]);
  g_assert_cmpuint (inodes[1], ==, inodes[3]);
  _vlive_gate_free (b);
  _vlive_gate_free (c);
}

/* Another process has its turn, and says so; and says when it ends it. */
static pid_t
take_turn_elsewhere (const char *path, int to)
{
  pid_t pid = fork ();

  g_assert_cmpint (pid, >=, 0);
  if (pid == 0)
    {
      VliveGate *gate = gate_new (path);
      gboolean ok = _vlive_gate_take_turn (gate, NULL) && write (to, "t", 1) == 1;

      g_usleep (20000);
      ok = write (to, "e", 1) == 1 && ok;
      _vlive_gate_end_turn (gate);
      /* Another program, which has nothing to lose: what the parent holds is of no
       * use here, and would be found missing. */
      execl (ok ? "/bin/true" : "/bin/false", "turn", NULL);
      _exit (1);
    }

  return pid;
}

static void
test_gate_turns (void)
{
  g_autofree char *path = test_dup_path ("file.mdb");
  VliveGate *gate = gate_new (path);
  int pipe_ends[2];
  int status;
  char byte;
  pid_t pid;

  g_assert_cmpint (pipe2 (pipe_ends, O_CLOEXEC), ==, 0);
  pid = take_turn_elsewhere (path, pipe_ends[1]);
  g_assert_cmpint (read (pipe_ends[0], &byte, 1), ==, 1);
  g_assert_cmpint (byte, ==, 't');
  g_assert_true (_vlive_gate_take_turn (gate, NULL));
  g_assert_cmpint (fcntl (pipe_ends[0], F_SETFL, O_NONBLOCK), ==, 0);
  g_assert_cmpint (read (pipe_ends[0], &byte, 1), ==, 1);
  g_assert_cmpint (byte, ==, 'e');
  _vlive_gate_end_turn (gate);
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_assert_cmpint (status, ==, 0);
  close (pipe_ends[0]);
  close (pipe_ends[1]);
  _vlive_gate_free (gate);
}

static void
test_gate_trust (void)
{
  g_autofree char *path = test_dup_path ("file.mdb");
  VliveGate *a = gate_new (path);
  VliveGate *b = gate_new (path);
  struct stat info = { 0 };
  g_autoptr (GError) error = NULL;

  info.st_size = 12345;
  info.st_mtim.tv_sec = 100;
  info.st_mtim.tv_nsec = 7;
  enter (a);
  enter (b);
  g_assert_cmpint (_vlive_gate_get_trust (a, &info), ==, VLIVE_TRUST_UNKNOWN);
  g_assert_false (_vlive_gate_is_marked_used (a));
  g_assert_true (_vlive_gate_mark_used (a, &error));
  g_assert_true (_vlive_gate_mark_used (b, &error));
  g_assert_no_error (error);
  g_assert_true (_vlive_gate_is_marked_used (b));
  g_assert_cmpint (_vlive_gate_get_trust (b, &info), ==, VLIVE_TRUST_SAME_BOOT);

  _vlive_gate_mark_clean (a, &info);
  g_assert_false (_vlive_gate_is_marked_used (b));
  g_assert_cmpint (_vlive_gate_get_trust (b, &info), ==, VLIVE_TRUST_CLEAN);
  _vlive_gate_mark_clean (a, &info);
  info.st_mtim.tv_nsec++;
  g_assert_cmpint (_vlive_gate_get_trust (b, &info), ==, VLIVE_TRUST_TOUCHED);
  info.st_mtim.tv_nsec--;
  info.st_mtim.tv_sec++;
  g_assert_cmpint (_vlive_gate_get_trust (b, &info), ==, VLIVE_TRUST_TOUCHED);
  info.st_mtim.tv_sec--;
  info.st_size++;
  g_assert_cmpint (_vlive_gate_get_trust (b, &info), ==, VLIVE_TRUST_TOUCHED);
  _vlive_gate_free (a);
  _vlive_gate_free (b);
}

static void
test_gate_generation (void)
{
  g_autofree char *path = test_dup_path ("file.mdb");
  VliveGate *a = gate_new (path);
  VliveGate *b = gate_new (path);

  enter (a);
  enter (b);
  g_assert_true (_vlive_gate_is_resident (a));
  g_assert_cmpuint (_vlive_gate_get_generation (b), ==, 0);
  g_assert_true (_vlive_gate_raise_generation (a, NULL));
  g_assert_cmpuint (_vlive_gate_get_generation (b), ==, 1);
  /* Neither of these touches the other. */
  g_assert_true (_vlive_gate_mark_used (b, NULL));
  _vlive_gate_wake (b, 77);
  g_assert_cmpuint (_vlive_gate_get_generation (a), ==, 1);
  g_assert_true (_vlive_gate_is_marked_used (a));
  _vlive_gate_free (a);
  _vlive_gate_free (b);
}

static gboolean
is_readable (int fd)
{
  struct pollfd ask = { fd, POLLIN, 0 };

  return poll (&ask, 1, 0) == 1;
}

static void
test_gate_wake (void)
{
  g_autofree char *path = test_dup_path ("file.mdb");
  g_autofree char *wake = g_strconcat (path, "-wake", NULL);
  g_autofree char *contents = NULL;
  VliveGate *a = gate_new (path);
  VliveGate *b = gate_new (path);
  gsize size;
  guint64 change;
  int fd;

  enter (a);
  enter (b);
  fd = _vlive_gate_new_inotify (a);
  g_assert_cmpint (fd, >=, 0);
  g_assert_false (is_readable (fd));
  _vlive_gate_wake (b, 0x1234567890u);
  g_assert_true (is_readable (fd));
  g_assert_true (g_file_get_contents (wake, &contents, &size, NULL));
  memcpy (&change, contents, sizeof change);
  g_assert_cmpuint (change, ==, 0x1234567890u);
  close (fd);
  _vlive_gate_free (b);
  g_unlink (wake);
  g_assert_cmpint (_vlive_gate_new_inotify (a), ==, -1);
  _vlive_gate_free (a);
}

/* What is not a gate becomes one; a link is not followed. */
static void
test_gate_foreign (void)
{
  g_autofree char *path = test_dup_path ("file.mdb");
  g_autofree char *wake = g_strconcat (path, "-wake", NULL);
  g_autofree char *text = g_strnfill (9000, 'x');
  g_autoptr (GError) error = NULL;
  struct stat info = { 0 };
  VliveGate *gate;

  g_assert_true (g_file_set_contents (wake, text, -1, NULL));
  gate = gate_new (path);
  g_assert_true (enter (gate));
  g_assert_cmpint (_vlive_gate_get_trust (gate, &info), ==, VLIVE_TRUST_UNKNOWN);
  g_assert_cmpuint (_vlive_gate_get_generation (gate), ==, 0);
  g_assert_true (_vlive_gate_mark_used (gate, NULL));
  /* Ruined while it is open: an error, not a crash. */
  g_assert_true (truncate (wake, 4096) == 0);
  {
    int fd = open (wake, O_WRONLY | O_CLOEXEC);

    g_assert_cmpint (pwrite (fd, text, 1000, 0), ==, 1000);
    close (fd);
  }
  g_assert_false (_vlive_gate_mark_used (gate, &error));
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_STORAGE);
  g_clear_error (&error);
  g_assert_false (_vlive_gate_raise_generation (gate, &error));
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_STORAGE);
  g_clear_error (&error);
  _vlive_gate_mark_clean (gate, &info);
  _vlive_gate_free (gate);

  g_unlink (wake);
  g_assert_cmpint (symlink ("elsewhere", wake), ==, 0);
  g_assert_null (_vlive_gate_new (path, &error));
  g_assert_error (error, VLIVE_ERROR, VLIVE_ERROR_STORAGE);
}

int
main (int argc, char **argv)
{
  vlive_test_init (&argc, &argv);

  g_test_add_func ("/gate/users", test_gate_users);
  g_test_add_func ("/gate/turns", test_gate_turns);
  g_test_add_func ("/gate/trust", test_gate_trust);
  g_test_add_func ("/gate/generation", test_gate_generation);
  g_test_add_func ("/gate/wake", test_gate_wake);
  g_test_add_func ("/gate/foreign", test_gate_foreign);

  return vlive_test_run ();
}
