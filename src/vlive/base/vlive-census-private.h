/* vlive-census-private.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * Counts what lives: a leak is a number that does not come back to zero.
 * Every call is an atomic add and may come from any thread.
 */
typedef enum
{
  VLIVE_CENSUS_STORE,
  VLIVE_CENSUS_TABLE,
  VLIVE_CENSUS_ROW,
  VLIVE_CENSUS_WRITE,
  VLIVE_CENSUS_MASTER,
  VLIVE_CENSUS_CACHE,
  VLIVE_CENSUS_STREAM,
  VLIVE_CENSUS_STORAGE,
  VLIVE_CENSUS_THREAD,
  VLIVE_CENSUS_TIMER,
  VLIVE_CENSUS_PAGE,
  VLIVE_CENSUS_RECORD,
  VLIVE_CENSUS_TASK,
  VLIVE_N_CENSUS
} VliveCensusKind;

void        _vlive_census_add      (VliveCensusKind kind);
void        _vlive_census_remove   (VliveCensusKind kind);
int         _vlive_census_get      (VliveCensusKind kind);
const char *_vlive_census_get_name (VliveCensusKind kind);
/* "store 1, thread 2", or "" when nothing lives. */
char       *_vlive_census_to_text  (void);

G_END_DECLS
