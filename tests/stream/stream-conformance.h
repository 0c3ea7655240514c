/* stream-conformance.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "vlive-test.h"

G_BEGIN_DECLS

/*
 * What every live stream must do, tested through the interface alone.
 */
typedef struct
{
  /* A new stream over a source of its own, whose fixture goes to the others. */
  VliveLiveStream *(*make)          (gpointer         *fixture);
  /* Frees the fixture, when the stream has gone. */
  void             (*clear)         (gpointer          fixture);
  /* The source changes, and the stream is to tell so unless it is down: an
   * update of one of the records "a" … "z". */
  void             (*change)        (gpointer          fixture,
                                     const char       *id);
  /* The connection between source and stream. */
  void             (*set_connected) (gpointer          fixture,
                                     gboolean          connected);
  /* Does it tell, when it is up again, what it missed? */
  gboolean           resumes;
} StreamConformance;

/* Adds the tests below "/stream/@name/conformance/". Before vlive_test_run(). */
void  stream_conformance_add  (const char              *name,
                               const StreamConformance *conformance);

G_END_DECLS
