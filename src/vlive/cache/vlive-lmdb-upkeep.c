/* vlive-lmdb-upkeep.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "base/vlive-census-private.h"
#include "base/vlive-log-private.h"
#include "base/vlive-meter-private.h"
#include "cache/vlive-lmdb-upkeep-private.h"

typedef enum
{
  PHASE_NONE,
  PHASE_EVICT,
  PHASE_SWEEP,
  PHASE_SURVEY,
  /* For one namespace, one after another. */
  PHASE_CHOOSE,
  PHASE_FORGET,
  PHASE_SCAN,
  PHASE_FOLD,
  PHASE_DROP,
} Phase;

typedef struct
{
  GBytes *space_key; /* owned */
  gboolean folds;
} Target;

struct _VliveLmdbUpkeep
{
  guint ref_count;
  VliveStorage *storage; /* owned; NULL: stopped */
  char *path;            /* owned */
  VliveClock *clock;     /* owned */
  guint64 size_limit;
  guint64 n_evicted;
  gint64 expired_at; /* boot clock */
  gboolean wants_eviction;
  gboolean wants_sweep;
  gboolean wants_survey;
  GQueue targets; /* owned; Target */
  Phase phase;
  VliveLmdbTurn *turn; /* owned; NULL: none is under way */
};

static const struct
{
  VliveTxnFunc func;
  gboolean writes;
} phases[] = {
  [PHASE_EVICT] = { _vlive_lmdb_turn_evict, TRUE },
  [PHASE_SWEEP] = { _vlive_lmdb_turn_sweep, TRUE },
  [PHASE_SURVEY] = { _vlive_lmdb_turn_survey, FALSE },
  [PHASE_CHOOSE] = { _vlive_lmdb_turn_choose, FALSE },
  [PHASE_FORGET] = { _vlive_lmdb_turn_forget, TRUE },
  [PHASE_SCAN] = { _vlive_lmdb_turn_scan, FALSE },
  [PHASE_FOLD] = { _vlive_lmdb_turn_fold, TRUE },
  [PHASE_DROP] = { _vlive_lmdb_turn_drop, TRUE },
};

static void
target_free (gpointer data)
{
  Target *target = data;

  g_bytes_unref (target->space_key);
  g_free (target);
}

VliveLmdbUpkeep *
_vlive_lmdb_upkeep_new (VliveStorage *storage, const char *path, VliveClock *clock)
{
  VliveLmdbUpkeep *self = g_new0 (VliveLmdbUpkeep, 1);

  self->ref_count = 1;
  self->storage = _vlive_storage_ref (storage);
  self->path = g_strdup (path);
  self->clock = g_object_ref (clock);
  self->size_limit = VLIVE_LMDB_SIZE_LIMIT;
  self->expired_at = _vlive_clock_get_boot_us (clock);
  g_queue_init (&self->targets);
  _vlive_census_add (VLIVE_CENSUS_TASK);

  return self;
}

static void
upkeep_unref (VliveLmdbUpkeep *self)
{
  if (--self->ref_count > 0)
    return;

  g_assert (self->turn == NULL);
  g_queue_clear_full (&self->targets, target_free);
  g_clear_object (&self->clock);
  g_free (self->path);
  g_free (self);
  _vlive_census_remove (VLIVE_CENSUS_TASK);
}

void
_vlive_lmdb_upkeep_stop (VliveLmdbUpkeep *self)
{
  g_clear_pointer (&self->storage, _vlive_storage_unref);
  upkeep_unref (self);
}

static void
add_target (VliveLmdbUpkeep *self, GBytes *space_key, gboolean folds)
{
  Target *target;

  for (GList *l = self->targets.head; l != NULL; l = l->next)
    {
      target = l->data;
      if (target->folds == folds && g_bytes_equal (target->space_key, space_key))
        return;
    }
  target = g_new (Target, 1);
  target->space_key = g_bytes_ref (space_key);
  target->folds = folds;
  g_queue_push_tail (&self->targets, target);
}

static void
take_target (VliveLmdbUpkeep *self)
{
  Target *target = g_queue_pop_head (&self->targets);

  self->turn->space_key = g_bytes_ref (target->space_key);
  self->turn->folds = target->folds;
  target_free (target);
}

/* What comes next when nothing is under way. */
static Phase
choose_phase (VliveLmdbUpkeep *self)
{
  if (self->wants_eviction)
    return PHASE_EVICT;
  if (self->wants_sweep)
    return PHASE_SWEEP;
  if (self->wants_survey)
    return PHASE_SURVEY;

  return g_queue_is_empty (&self->targets) ? PHASE_NONE : PHASE_CHOOSE;
}

static void turn_done_cb (GObject *source, GAsyncResult *result, gpointer data);

static void
submit (VliveLmdbUpkeep *self)
{
  self->ref_count++;
  if (phases[self->phase].writes)
    _vlive_storage_write_async (self->storage, phases[self->phase].func, self->turn,
                                NULL, NULL, turn_done_cb, self);
  else
    _vlive_storage_read_async (self->storage, phases[self->phase].func, self->turn,
                               NULL, NULL, turn_done_cb, self);
}

static void
begin (VliveLmdbUpkeep *self)
{
  if (self->turn != NULL || self->storage == NULL)
    return;

  self->phase = choose_phase (self);
  if (self->phase == PHASE_NONE)
    return;

  self->turn = _vlive_lmdb_turn_new (self->clock, self->path);
  self->turn->size_limit = self->size_limit;
  if (self->phase == PHASE_CHOOSE)
    take_target (self);
  submit (self);
}

static void
take_survey (VliveLmdbUpkeep *self)
{
  for (guint i = 0; i < self->turn->out.spaces->len; i++)
    add_target (self, self->turn->out.spaces->pdata[i], FALSE);
}

/* The phase that follows in the same turn, or NONE at its end. */
static Phase
get_next_phase (VliveLmdbUpkeep *self)
{
  VliveLmdbTurn *turn = self->turn;

  switch (self->phase)
    {
    case PHASE_EVICT:
      self->n_evicted += turn->out.n_evicted;
      self->wants_eviction = turn->out.more;
      return PHASE_NONE;
    case PHASE_SWEEP:
      self->wants_sweep = turn->out.more;
      return PHASE_NONE;
    case PHASE_SURVEY:
      self->wants_survey = FALSE;
      take_survey (self);
      return PHASE_NONE;
    case PHASE_CHOOSE:
      turn->until = turn->out.until;
      return turn->until != 0 ? PHASE_FORGET : PHASE_NONE;
    case PHASE_FORGET:
      return turn->folds ? PHASE_FOLD : PHASE_SCAN;
    case PHASE_SCAN:
      turn->has_oldest = turn->out.has_oldest;
      turn->oldest = turn->out.oldest;
      return turn->out.more ? PHASE_SCAN : PHASE_DROP;
    case PHASE_FOLD:
      return turn->out.more ? PHASE_FOLD : PHASE_DROP;
    case PHASE_DROP:
      return turn->out.more ? PHASE_DROP : PHASE_NONE;
    case PHASE_NONE:
    default:
      g_assert_not_reached ();
    }
}

/* One that fails is left for another time: the cache itself will meet, and
 * tell, what is wrong. */
static void
give_up (VliveLmdbUpkeep *self, const GError *error)
{
  VLIVE_STORY (VLIVE_OUTCOME_FAILED, "cache-upkeep", NULL, -1, NULL, "%s",
               error->message);
  self->wants_eviction = FALSE;
  self->wants_sweep = FALSE;
  self->wants_survey = FALSE;
  self->phase = PHASE_NONE;
}

static void
turn_done_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  VliveLmdbUpkeep *self = data;
  g_autoptr (GError) error = NULL;

  VLIVE_METER_SPAN ("cache-upkeep");

  if (!_vlive_storage_finish (result, NULL, &error))
    give_up (self, error);
  else
    self->phase = get_next_phase (self);

  if (self->phase != PHASE_NONE && self->storage != NULL)
    {
      g_clear_pointer (&self->turn->resume, g_bytes_unref);
      self->turn->resume = g_steal_pointer (&self->turn->out.resume);
      submit (self);
    }
  else
    {
      g_clear_pointer (&self->turn, _vlive_lmdb_turn_free);
      begin (self);
    }
  upkeep_unref (self);
}

void
_vlive_lmdb_upkeep_set_clock (VliveLmdbUpkeep *self, VliveClock *clock)
{
  g_set_object (&self->clock, clock);
  self->expired_at = _vlive_clock_get_boot_us (clock);
}

void
_vlive_lmdb_upkeep_set_size_limit (VliveLmdbUpkeep *self, guint64 size_limit)
{
  self->size_limit = size_limit > 0 ? MAX (size_limit, VLIVE_LMDB_MIN_SIZE) : 0;
  self->wants_eviction = TRUE;
  begin (self);
}

void
_vlive_lmdb_upkeep_note_use (VliveLmdbUpkeep *self,
                             guint64 used_bytes,
                             guint64 n_records)
{
  gint64 boot_now = _vlive_clock_get_boot_us (self->clock);

  if ((self->size_limit > 0 && used_bytes > self->size_limit)
      || n_records > VLIVE_CACHE_MAX_RECORDS)
    self->wants_eviction = TRUE;
  if (boot_now < self->expired_at
      || boot_now - self->expired_at >= VLIVE_LMDB_EXPIRE_US)
    {
      self->expired_at = boot_now;
      self->wants_survey = TRUE;
    }
  begin (self);
}

void
_vlive_lmdb_upkeep_note_entries (VliveLmdbUpkeep *self,
                                 GBytes *space_key,
                                 guint64 n_entries)
{
  if (n_entries <= VLIVE_CACHE_MAX_ENTRIES)
    return;

  add_target (self, space_key, TRUE);
  begin (self);
}

void
_vlive_lmdb_upkeep_note_damage (VliveLmdbUpkeep *self)
{
  self->wants_sweep = TRUE;
  begin (self);
}

guint64
_vlive_lmdb_upkeep_get_n_evicted (VliveLmdbUpkeep *self)
{
  return self->n_evicted;
}
