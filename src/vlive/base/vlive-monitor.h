/* vlive-monitor.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib-object.h>

#include "base/vlive-version-macros.h"

G_BEGIN_DECLS

#define VLIVE_TYPE_MONITOR (vlive_monitor_get_type ())

VLIVE_AVAILABLE_IN_0_1
G_DECLARE_FINAL_TYPE (VliveMonitor, vlive_monitor, VLIVE, MONITOR, GObject)

VLIVE_AVAILABLE_IN_0_1
VliveMonitor *vlive_monitor_new          (void) G_GNUC_WARN_UNUSED_RESULT;
VLIVE_AVAILABLE_IN_0_1
void          vlive_monitor_update       (VliveMonitor *self);
VLIVE_AVAILABLE_IN_0_1
guint         vlive_monitor_get_interval (VliveMonitor *self);
VLIVE_AVAILABLE_IN_0_1
void          vlive_monitor_set_interval (VliveMonitor *self,
                                          guint         milliseconds);
VLIVE_AVAILABLE_IN_0_1
gboolean      vlive_monitor_get_metering (VliveMonitor *self);
VLIVE_AVAILABLE_IN_0_1
void          vlive_monitor_set_metering (VliveMonitor *self,
                                          gboolean      metering);

G_END_DECLS
