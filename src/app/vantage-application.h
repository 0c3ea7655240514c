/* vantage-application.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <adwaita.h>

#include "vantage-window.h"

G_BEGIN_DECLS

#define VANTAGE_TYPE_APPLICATION (vantage_application_get_type ())
G_DECLARE_FINAL_TYPE (VantageApplication, vantage_application, VANTAGE, APPLICATION,
                      AdwApplication)

VantageApplication *vantage_application_new        (void);
VantageWindow      *vantage_application_get_window (VantageApplication *self);

G_END_DECLS
