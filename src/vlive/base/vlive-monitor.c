/* vlive-monitor.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "base/vlive-monitor.h"

#include "base/vlive-census-private.h"
#include "base/vlive-clock-private.h"
#include "base/vlive-meter-private.h"

/**
 * VliveMonitor:
 *
 * What lives of the library in this process, and what it does to the thread that
 * draws: the census and the stall meter, as properties.
 *
 * The figures are those of the last [method@Monitor.update], which is called by
 * itself when [property@Monitor:interval] is set. What a store does is told by
 * [property@Store:ledger].
 *
 * A monitor belongs to the thread that made it, and notifies there.
 *
 * Since: 0.1
 */

enum
{
  PROP_0,
  PROP_INTERVAL,
  PROP_METERING,
  PROP_WORST_DISPATCH,
  /* Figures: uint64. */
  PROP_N_DISPATCHES,
  PROP_N_MAJOR_FAULTS,
  PROP_N_WAITS,
  PROP_LONGEST_WAIT,
  PROP_LONGEST_CPU,
  PROP_N_STORES,
  PROP_N_TABLES,
  PROP_N_ROWS,
  PROP_N_WRITES,
  PROP_N_MASTERS,
  PROP_N_CACHES,
  PROP_N_STREAMS,
  PROP_N_STORAGES,
  PROP_N_THREADS,
  PROP_N_TIMERS,
  PROP_N_PAGES,
  PROP_N_RECORDS,
  PROP_N_TASKS,
  N_PROPS
};

struct _VliveMonitor
{
  GObject parent_instance;

  VliveClock *clock; /* owned */
  VliveTimer *timer; /* nullable */
  guint interval;    /* ms; 0: none */
  gboolean metering; /* ours */
  char *worst;       /* owned */
  guint64 figures[N_PROPS];
};

static GParamSpec *properties[N_PROPS];

/* Whose census a property is. */
static const VliveCensusKind kinds[N_PROPS] = {
  [PROP_N_STORES] = VLIVE_CENSUS_STORE,   [PROP_N_TABLES] = VLIVE_CENSUS_TABLE,
  [PROP_N_ROWS] = VLIVE_CENSUS_ROW,       [PROP_N_WRITES] = VLIVE_CENSUS_WRITE,
  [PROP_N_MASTERS] = VLIVE_CENSUS_MASTER, [PROP_N_CACHES] = VLIVE_CENSUS_CACHE,
  [PROP_N_STREAMS] = VLIVE_CENSUS_STREAM, [PROP_N_STORAGES] = VLIVE_CENSUS_STORAGE,
  [PROP_N_THREADS] = VLIVE_CENSUS_THREAD, [PROP_N_TIMERS] = VLIVE_CENSUS_TIMER,
  [PROP_N_PAGES] = VLIVE_CENSUS_PAGE,     [PROP_N_RECORDS] = VLIVE_CENSUS_RECORD,
  [PROP_N_TASKS] = VLIVE_CENSUS_TASK,
};

G_DEFINE_FINAL_TYPE (VliveMonitor, vlive_monitor, G_TYPE_OBJECT)

static void
set_figure (VliveMonitor *self, guint id, guint64 figure)
{
  if (self->figures[id] == figure)
    return;

  self->figures[id] = figure;
  g_object_notify_by_pspec (G_OBJECT (self), properties[id]);
}

static void
set_worst (VliveMonitor *self, const char *worst)
{
  if (strcmp (self->worst, worst) == 0)
    return;

  g_free (self->worst);
  self->worst = g_strdup (worst);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_WORST_DISPATCH]);
}

static void
take_reading (VliveMonitor *self, const VliveMeterReading *reading)
{
  set_figure (self, PROP_N_DISPATCHES, reading->n_spans);
  set_figure (self, PROP_N_MAJOR_FAULTS, reading->major_faults);
  set_figure (self, PROP_N_WAITS, reading->waits);
  set_figure (self, PROP_LONGEST_WAIT, (guint64) MAX (reading->longest_wait_us, 0));
  set_figure (self, PROP_LONGEST_CPU, (guint64) MAX (reading->longest_cpu_us, 0));
  set_worst (self, reading->worst_span);
}

/**
 * vlive_monitor_update:
 * @self: a monitor
 *
 * Takes the figures anew, and notifies those that changed.
 *
 * Since: 0.1
 */
void
vlive_monitor_update (VliveMonitor *self)
{
  VliveMeterReading reading;

  g_return_if_fail (VLIVE_IS_MONITOR (self));

  g_object_freeze_notify (G_OBJECT (self));
  for (guint i = PROP_N_STORES; i < N_PROPS; i++)
    set_figure (self, i, (guint64) _vlive_census_get (kinds[i]));
  if (self->metering)
    {
      _vlive_meter_read (&reading);
      take_reading (self, &reading);
    }
  g_object_thaw_notify (G_OBJECT (self));
}

static void start_timer (VliveMonitor *self);

static void
timer_cb (gpointer data)
{
  VliveMonitor *self = data;
  G_GNUC_UNUSED g_autoptr (VliveMonitor) keep = g_object_ref (self);

  self->timer = NULL;
  start_timer (self);
  vlive_monitor_update (self);
}

static void
start_timer (VliveMonitor *self)
{
  g_clear_pointer (&self->timer, _vlive_timer_cancel);
  if (self->interval > 0)
    self->timer = _vlive_clock_add_timer (self->clock, (gint64) self->interval * 1000,
                                          G_PRIORITY_DEFAULT, timer_cb, self, NULL);
}

/**
 * vlive_monitor_get_interval: (get-property interval)
 * @self: a monitor
 *
 * Gets how often the figures are taken.
 *
 * Returns: the time between, in milliseconds, or 0 if they are not taken by
 *   themselves
 *
 * Since: 0.1
 */
guint
vlive_monitor_get_interval (VliveMonitor *self)
{
  g_return_val_if_fail (VLIVE_IS_MONITOR (self), 0);

  return self->interval;
}

/**
 * vlive_monitor_set_interval: (set-property interval)
 * @self: a monitor
 * @milliseconds: the time between, or 0
 *
 * Sets how often the figures are taken.
 *
 * Since: 0.1
 */
void
vlive_monitor_set_interval (VliveMonitor *self, guint milliseconds)
{
  g_return_if_fail (VLIVE_IS_MONITOR (self));

  if (self->interval == milliseconds)
    return;

  self->interval = milliseconds;
  start_timer (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_INTERVAL]);
}

/**
 * vlive_monitor_get_metering: (get-property metering)
 * @self: a monitor
 *
 * Tells whether the stall meter runs for this monitor.
 *
 * Returns: %TRUE if it does
 *
 * Since: 0.1
 */
gboolean
vlive_monitor_get_metering (VliveMonitor *self)
{
  g_return_val_if_fail (VLIVE_IS_MONITOR (self), FALSE);

  return self->metering;
}

/**
 * vlive_monitor_set_metering: (set-property metering)
 * @self: a monitor
 * @metering: whether to meter
 *
 * Starts the stall meter for the calling thread, with figures of zero, or stops
 * it and keeps them. There is one in a process: while it runs for somebody else,
 * and where the environment variable `VLIVE_METER` is "off", nothing happens.
 *
 * Since: 0.1
 */
void
vlive_monitor_set_metering (VliveMonitor *self, gboolean metering)
{
  VliveMeterReading reading = { 0 };

  g_return_if_fail (VLIVE_IS_MONITOR (self));

  if (!metering == !self->metering)
    return;
  if (metering && (_vlive_meter_is_on () || !_vlive_meter_start ()))
    return;

  self->metering = metering;
  if (!metering)
    _vlive_meter_stop (&reading);
  take_reading (self, &reading);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_METERING]);
}

static void
vlive_monitor_dispose (GObject *object)
{
  VliveMonitor *self = VLIVE_MONITOR (object);

  g_clear_pointer (&self->timer, _vlive_timer_cancel);
  vlive_monitor_set_metering (self, FALSE);

  G_OBJECT_CLASS (vlive_monitor_parent_class)->dispose (object);
}

static void
vlive_monitor_finalize (GObject *object)
{
  VliveMonitor *self = VLIVE_MONITOR (object);

  g_free (self->worst);
  g_object_unref (self->clock);

  G_OBJECT_CLASS (vlive_monitor_parent_class)->finalize (object);
}

static void
vlive_monitor_get_property (GObject *object,
                            guint prop_id,
                            GValue *value,
                            GParamSpec *pspec)
{
  VliveMonitor *self = VLIVE_MONITOR (object);

  if (prop_id == PROP_INTERVAL)
    g_value_set_uint (value, self->interval);
  else if (prop_id == PROP_METERING)
    g_value_set_boolean (value, self->metering);
  else if (prop_id == PROP_WORST_DISPATCH)
    g_value_set_string (value, self->worst);
  else if (prop_id < N_PROPS)
    g_value_set_uint64 (value, self->figures[prop_id]);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
}

static void
vlive_monitor_set_property (GObject *object,
                            guint prop_id,
                            const GValue *value,
                            GParamSpec *pspec)
{
  VliveMonitor *self = VLIVE_MONITOR (object);

  if (prop_id == PROP_INTERVAL)
    vlive_monitor_set_interval (self, g_value_get_uint (value));
  else if (prop_id == PROP_METERING)
    vlive_monitor_set_metering (self, g_value_get_boolean (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
}

static GParamSpec *
figure (const char *name)
{
  return g_param_spec_uint64 (name, NULL, NULL, 0, G_MAXUINT64, 0,
                              G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
}

static void
install_settings (void)
{
  /**
   * VliveMonitor:interval: (getter get_interval) (setter set_interval)
   *
   * How often the figures are taken, in milliseconds. With 0, only by
   * [method@Monitor.update].
   *
   * Since: 0.1
   */
  properties[PROP_INTERVAL] =
      g_param_spec_uint ("interval", NULL, NULL, 0, G_MAXUINT, 0,
                         G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY
                             | G_PARAM_STATIC_STRINGS);

  /**
   * VliveMonitor:metering: (getter get_metering) (setter set_metering)
   *
   * Whether the stall meter runs.
   *
   * Since: 0.1
   */
  properties[PROP_METERING] =
      g_param_spec_boolean ("metering", NULL, NULL, FALSE,
                            G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY
                                | G_PARAM_STATIC_STRINGS);
}

static void
install_stalls (void)
{
  /**
   * VliveMonitor:n-dispatches:
   *
   * How often the library ran on the metered thread.
   *
   * Since: 0.1
   */
  properties[PROP_N_DISPATCHES] = figure ("n-dispatches");

  /**
   * VliveMonitor:n-major-faults:
   *
   * How often it waited there for a page of memory from the disk: never.
   *
   * Since: 0.1
   */
  properties[PROP_N_MAJOR_FAULTS] = figure ("n-major-faults");

  /**
   * VliveMonitor:n-waits:
   *
   * How often it gave up the processor there.
   *
   * Since: 0.1
   */
  properties[PROP_N_WAITS] = figure ("n-waits");

  /**
   * VliveMonitor:longest-wait:
   *
   * The longest of these, in µs.
   *
   * Since: 0.1
   */
  properties[PROP_LONGEST_WAIT] = figure ("longest-wait");

  /**
   * VliveMonitor:longest-cpu:
   *
   * The most processor time of one dispatch, in µs, less that of other people's
   * signal handlers.
   *
   * Since: 0.1
   */
  properties[PROP_LONGEST_CPU] = figure ("longest-cpu");

  /**
   * VliveMonitor:worst-dispatch:
   *
   * Which one that was, or "".
   *
   * Since: 0.1
   */
  properties[PROP_WORST_DISPATCH] =
      g_param_spec_string ("worst-dispatch", NULL, NULL, "",
                           G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
}

static void
install_census (void)
{
  /**
   * VliveMonitor:n-stores:
   *
   * How many stores there are.
   *
   * Since: 0.1
   */
  properties[PROP_N_STORES] = figure ("n-stores");

  /**
   * VliveMonitor:n-tables:
   *
   * How many tables there are.
   *
   * Since: 0.1
   */
  properties[PROP_N_TABLES] = figure ("n-tables");

  /**
   * VliveMonitor:n-rows:
   *
   * How many row objects there are.
   *
   * Since: 0.1
   */
  properties[PROP_N_ROWS] = figure ("n-rows");

  /**
   * VliveMonitor:n-writes:
   *
   * How many writes there are.
   *
   * Since: 0.1
   */
  properties[PROP_N_WRITES] = figure ("n-writes");

  /**
   * VliveMonitor:n-masters:
   *
   * How many masters there are.
   *
   * Since: 0.1
   */
  properties[PROP_N_MASTERS] = figure ("n-masters");

  /**
   * VliveMonitor:n-caches:
   *
   * How many caches there are.
   *
   * Since: 0.1
   */
  properties[PROP_N_CACHES] = figure ("n-caches");

  /**
   * VliveMonitor:n-streams:
   *
   * How many live streams there are.
   *
   * Since: 0.1
   */
  properties[PROP_N_STREAMS] = figure ("n-streams");

  /**
   * VliveMonitor:n-storages:
   *
   * How many open files of caches and local masters there are.
   *
   * Since: 0.1
   */
  properties[PROP_N_STORAGES] = figure ("n-storages");

  /**
   * VliveMonitor:n-threads:
   *
   * How many threads of the library there are.
   *
   * Since: 0.1
   */
  properties[PROP_N_THREADS] = figure ("n-threads");

  /**
   * VliveMonitor:n-timers:
   *
   * How many timers there are.
   *
   * Since: 0.1
   */
  properties[PROP_N_TIMERS] = figure ("n-timers");

  /**
   * VliveMonitor:n-pages:
   *
   * How many pages there are.
   *
   * Since: 0.1
   */
  properties[PROP_N_PAGES] = figure ("n-pages");

  /**
   * VliveMonitor:n-records:
   *
   * How many records there are.
   *
   * Since: 0.1
   */
  properties[PROP_N_RECORDS] = figure ("n-records");

  /**
   * VliveMonitor:n-tasks:
   *
   * How many pieces of work that a thread has, or waits for there are.
   *
   * Since: 0.1
   */
  properties[PROP_N_TASKS] = figure ("n-tasks");
}

static void
vlive_monitor_class_init (VliveMonitorClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = vlive_monitor_dispose;
  object_class->finalize = vlive_monitor_finalize;
  object_class->get_property = vlive_monitor_get_property;
  object_class->set_property = vlive_monitor_set_property;

  install_settings ();
  install_stalls ();
  install_census ();
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
vlive_monitor_init (VliveMonitor *self)
{
  self->clock = g_object_ref (_vlive_clock_get_default ());
  self->worst = g_strdup ("");
}

/**
 * vlive_monitor_new:
 *
 * Makes a monitor, whose figures are 0 until they are taken.
 *
 * Returns: (transfer full): the monitor
 *
 * Since: 0.1
 */
VliveMonitor *
vlive_monitor_new (void)
{
  return g_object_new (VLIVE_TYPE_MONITOR, NULL);
}
