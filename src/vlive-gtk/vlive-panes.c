/* vlive-panes.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "vlive-panes-private.h"

#include "vlive-gtk-enums.h"
#include "vlive-gtk-private.h"

/**
 * VlivePanes:
 *
 * Up to three panes side by side, as far as there is room: where to choose from at
 * the start, the content, and more about what is chosen at the end. Narrower than
 * [property@Panes:fold-width] it is folded: one pane has all of it, the one named
 * by [property@Panes:pane]. The action `panes.back` (Alt+Left) goes from there to
 * the one before.
 *
 * The panes at the sides have their natural width; the content has the rest.
 *
 * # CSS nodes
 *
 * ```
 * vlivepanes[.folded]
 * ├── <start>
 * ├── separator
 * ├── <content>
 * ├── separator
 * ╰── <end>
 * ```
 *
 * Main thread only.
 *
 * Since: 0.1
 */

#define FOLD_WIDTH 860

enum
{
  PROP_0,
  PROP_START,
  PROP_CONTENT,
  PROP_END,
  PROP_SHOW_START,
  PROP_SHOW_END,
  PROP_FOLD_WIDTH,
  PROP_FOLDED,
  PROP_PANE,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (VlivePanes, vlive_panes, GTK_TYPE_WIDGET)

static gboolean
tell_cb (gpointer data)
{
  VlivePanes *self = data;

  _vlive_gtk_end_timeout (&self->telling);
  _vlive_gtk_set_class (GTK_WIDGET (self), "folded", self->folded);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FOLDED]);

  return G_SOURCE_REMOVE;
}

void
_vlive_panes_tell_folded (VlivePanes *self)
{
  if (self->telling == NULL)
    self->telling = _vlive_gtk_add_timeout (0, tell_cb, self);
}

/* What is set. */

static void
child_visible_cb (VlivePanes *self)
{
  _vlive_panes_update_children (self);
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

static void
set_child (VlivePanes *self, guint pane, GtkWidget *child, guint property)
{
  GtkWidget *before = self->children[pane];

  g_return_if_fail (child == NULL || GTK_IS_WIDGET (child));
  g_return_if_fail (child == NULL || gtk_widget_get_parent (child) == NULL
                    || child == before);

  if (before == child)
    return;

  if (before != NULL)
    {
      g_signal_handlers_disconnect_by_data (before, self);
      gtk_widget_unparent (before);
    }
  self->children[pane] = child;
  if (child != NULL)
    {
      /* In the order in which the keyboard goes through them. */
      gtk_widget_insert_before (child, GTK_WIDGET (self),
                                pane == VLIVE_PANE_START
                                    ? self->separators[0]
                                    : (pane == VLIVE_PANE_CONTENT ? self->separators[1]
                                                                  : NULL));
      g_signal_connect_swapped (child, "notify::visible", G_CALLBACK (child_visible_cb),
                                self);
    }
  child_visible_cb (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
}

static void
set_show (VlivePanes *self, guint pane, gboolean show, guint property)
{
  if (!self->show[pane] == !show)
    return;

  self->show[pane] = show;
  child_visible_cb (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
}

/**
 * vlive_panes_get_start: (get-property start)
 * @self: panes
 *
 * Gets the pane at the start.
 *
 * Returns: (transfer none) (nullable): the pane
 *
 * Since: 0.1
 */
GtkWidget *
vlive_panes_get_start (VlivePanes *self)
{
  g_return_val_if_fail (VLIVE_IS_PANES (self), NULL);

  return self->children[VLIVE_PANE_START];
}

/**
 * vlive_panes_set_start: (set-property start)
 * @self: panes
 * @child: (nullable): a widget without a parent
 *
 * Sets the pane at the start.
 *
 * Since: 0.1
 */
void
vlive_panes_set_start (VlivePanes *self, GtkWidget *child)
{
  g_return_if_fail (VLIVE_IS_PANES (self));

  set_child (self, VLIVE_PANE_START, child, PROP_START);
}

/**
 * vlive_panes_get_content: (get-property content)
 * @self: panes
 *
 * Gets the pane in the middle.
 *
 * Returns: (transfer none) (nullable): the pane
 *
 * Since: 0.1
 */
GtkWidget *
vlive_panes_get_content (VlivePanes *self)
{
  g_return_val_if_fail (VLIVE_IS_PANES (self), NULL);

  return self->children[VLIVE_PANE_CONTENT];
}

/**
 * vlive_panes_set_content: (set-property content)
 * @self: panes
 * @child: (nullable): a widget without a parent
 *
 * Sets the pane in the middle.
 *
 * Since: 0.1
 */
void
vlive_panes_set_content (VlivePanes *self, GtkWidget *child)
{
  g_return_if_fail (VLIVE_IS_PANES (self));

  set_child (self, VLIVE_PANE_CONTENT, child, PROP_CONTENT);
}

/**
 * vlive_panes_get_end: (get-property end)
 * @self: panes
 *
 * Gets the pane at the end.
 *
 * Returns: (transfer none) (nullable): the pane
 *
 * Since: 0.1
 */
GtkWidget *
vlive_panes_get_end (VlivePanes *self)
{
  g_return_val_if_fail (VLIVE_IS_PANES (self), NULL);

  return self->children[VLIVE_PANE_END];
}

/**
 * vlive_panes_set_end: (set-property end)
 * @self: panes
 * @child: (nullable): a widget without a parent
 *
 * Sets the pane at the end.
 *
 * Since: 0.1
 */
void
vlive_panes_set_end (VlivePanes *self, GtkWidget *child)
{
  g_return_if_fail (VLIVE_IS_PANES (self));

  set_child (self, VLIVE_PANE_END, child, PROP_END);
}

/**
 * vlive_panes_get_show_start: (get-property show-start)
 * @self: panes
 *
 * Tells whether the pane at the start is shown beside the content.
 *
 * Returns: %TRUE if it is
 *
 * Since: 0.1
 */
gboolean
vlive_panes_get_show_start (VlivePanes *self)
{
  g_return_val_if_fail (VLIVE_IS_PANES (self), FALSE);

  return self->show[VLIVE_PANE_START];
}

/**
 * vlive_panes_set_show_start: (set-property show-start)
 * @self: panes
 * @show: whether to show it
 *
 * Shows the pane at the start beside the content, or does not, while there is room for it.
 *
 * Since: 0.1
 */
void
vlive_panes_set_show_start (VlivePanes *self, gboolean show)
{
  g_return_if_fail (VLIVE_IS_PANES (self));

  set_show (self, VLIVE_PANE_START, show, PROP_SHOW_START);
}

/**
 * vlive_panes_get_show_end: (get-property show-end)
 * @self: panes
 *
 * Tells whether the pane at the end is shown beside the content.
 *
 * Returns: %TRUE if it is
 *
 * Since: 0.1
 */
gboolean
vlive_panes_get_show_end (VlivePanes *self)
{
  g_return_val_if_fail (VLIVE_IS_PANES (self), FALSE);

  return self->show[VLIVE_PANE_END];
}

/**
 * vlive_panes_set_show_end: (set-property show-end)
 * @self: panes
 * @show: whether to show it
 *
 * Shows the pane at the end beside the content, or does not, while there is room for it.
 *
 * Since: 0.1
 */
void
vlive_panes_set_show_end (VlivePanes *self, gboolean show)
{
  g_return_if_fail (VLIVE_IS_PANES (self));

  set_show (self, VLIVE_PANE_END, show, PROP_SHOW_END);
}

/**
 * vlive_panes_get_fold_width: (get-property fold-width)
 * @self: panes
 *
 * Gets the width below which it is folded.
 *
 * Returns: the width, in pixels
 *
 * Since: 0.1
 */
guint
vlive_panes_get_fold_width (VlivePanes *self)
{
  g_return_val_if_fail (VLIVE_IS_PANES (self), 0);

  return self->fold_width;
}

/**
 * vlive_panes_set_fold_width: (set-property fold-width)
 * @self: panes
 * @width: a width, in pixels
 *
 * Sets the width below which it is folded. Where the panes need more, it is folded
 * below that.
 *
 * Since: 0.1
 */
void
vlive_panes_set_fold_width (VlivePanes *self, guint width)
{
  g_return_if_fail (VLIVE_IS_PANES (self));

  if (self->fold_width == width)
    return;

  self->fold_width = width;
  gtk_widget_queue_resize (GTK_WIDGET (self));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FOLD_WIDTH]);
}

/**
 * vlive_panes_get_pane: (get-property pane)
 * @self: panes
 *
 * Gets which pane is shown when it is folded.
 *
 * Returns: the pane
 *
 * Since: 0.1
 */
VlivePane
vlive_panes_get_pane (VlivePanes *self)
{
  g_return_val_if_fail (VLIVE_IS_PANES (self), VLIVE_PANE_CONTENT);

  return self->pane;
}

/**
 * vlive_panes_set_pane: (set-property pane)
 * @self: panes
 * @pane: a pane
 *
 * Sets which pane is shown when it is folded. Where there is none, the content is.
 * If the keyboard was in another pane, it goes with it.
 *
 * Since: 0.1
 */
void
vlive_panes_set_pane (VlivePanes *self, VlivePane pane)
{
  GtkWidget *focus;

  g_return_if_fail (VLIVE_IS_PANES (self));
  g_return_if_fail (pane <= VLIVE_PANE_END);

  if (self->pane == pane)
    return;

  focus = gtk_widget_get_focus_child (GTK_WIDGET (self));
  self->pane = pane;
  child_visible_cb (self);
  if (self->folded && focus != NULL
      && focus != self->children[_vlive_panes_find_only (self)]
      && self->children[_vlive_panes_find_only (self)] != NULL)
    gtk_widget_child_focus (self->children[_vlive_panes_find_only (self)],
                            GTK_DIR_TAB_FORWARD);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PANE]);
}

/**
 * vlive_panes_is_folded: (get-property folded)
 * @self: panes
 *
 * Tells whether there is room for one pane only.
 *
 * Returns: %TRUE if it is folded
 *
 * Since: 0.1
 */
gboolean
vlive_panes_is_folded (VlivePanes *self)
{
  g_return_val_if_fail (VLIVE_IS_PANES (self), FALSE);

  return self->folded;
}

static void
back_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  VlivePanes *self = VLIVE_PANES (widget);
  guint pane = _vlive_panes_find_only (self);

  while (pane > VLIVE_PANE_START && !_vlive_panes_has (self, --pane))
    ;
  if (_vlive_panes_has (self, pane))
    vlive_panes_set_pane (self, pane);
}

static void
vlive_panes_dispose (GObject *object)
{
  VlivePanes *self = VLIVE_PANES (object);

  _vlive_gtk_end_timeout (&self->telling);
  for (guint i = 0; i < VLIVE_N_PANES; i++)
    {
      if (self->children[i] != NULL)
        g_signal_handlers_disconnect_by_data (self->children[i], self);
      g_clear_pointer (&self->children[i], gtk_widget_unparent);
    }
  for (guint i = 0; i < G_N_ELEMENTS (self->separators); i++)
    g_clear_pointer (&self->separators[i], gtk_widget_unparent);

  G_OBJECT_CLASS (vlive_panes_parent_class)->dispose (object);
}

static void
vlive_panes_get_property (GObject *object,
                          guint prop_id,
                          GValue *value,
                          GParamSpec *pspec)
{
  VlivePanes *self = VLIVE_PANES (object);

  switch (prop_id)
    {
    case PROP_START:
    case PROP_CONTENT:
    case PROP_END:
      g_value_set_object (value, self->children[prop_id - PROP_START]);
      break;
    case PROP_SHOW_START:
      g_value_set_boolean (value, self->show[VLIVE_PANE_START]);
      break;
    case PROP_SHOW_END:
      g_value_set_boolean (value, self->show[VLIVE_PANE_END]);
      break;
    case PROP_FOLD_WIDTH:
      g_value_set_uint (value, self->fold_width);
      break;
    case PROP_FOLDED:
      g_value_set_boolean (value, self->folded);
      break;
    case PROP_PANE:
      g_value_set_enum (value, (int) self->pane);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
vlive_panes_set_property (GObject *object,
                          guint prop_id,
                          const GValue *value,
                          GParamSpec *pspec)
{
  VlivePanes *self = VLIVE_PANES (object);

  switch (prop_id)
    {
    case PROP_START:
    case PROP_CONTENT:
    case PROP_END:
      set_child (self, prop_id - PROP_START, g_value_get_object (value), prop_id);
      break;
    case PROP_SHOW_START:
      vlive_panes_set_show_start (self, g_value_get_boolean (value));
      break;
    case PROP_SHOW_END:
      vlive_panes_set_show_end (self, g_value_get_boolean (value));
      break;
    case PROP_FOLD_WIDTH:
      vlive_panes_set_fold_width (self, g_value_get_uint (value));
      break;
    case PROP_PANE:
      vlive_panes_set_pane (self, (VlivePane) g_value_get_enum (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
install_children (void)
{
  const GParamFlags flags =
      G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  /**
   * VlivePanes:start: (getter get_start) (setter set_start)
   *
   * The pane at the start.
   *
   * Since: 0.1
   */
  properties[PROP_START] =
      g_param_spec_object ("start", NULL, NULL, GTK_TYPE_WIDGET, flags);

  /**
   * VlivePanes:content: (getter get_content) (setter set_content)
   *
   * The pane in the middle.
   *
   * Since: 0.1
   */
  properties[PROP_CONTENT] =
      g_param_spec_object ("content", NULL, NULL, GTK_TYPE_WIDGET, flags);

  /**
   * VlivePanes:end: (getter get_end) (setter set_end)
   *
   * The pane at the end.
   *
   * Since: 0.1
   */
  properties[PROP_END] =
      g_param_spec_object ("end", NULL, NULL, GTK_TYPE_WIDGET, flags);
}

static void
install_settings (void)
{
  const GParamFlags flags =
      G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  /**
   * VlivePanes:show-start: (getter get_show_start) (setter set_show_start)
   *
   * Whether the pane at the start is shown beside the content.
   *
   * Since: 0.1
   */
  properties[PROP_SHOW_START] =
      g_param_spec_boolean ("show-start", NULL, NULL, TRUE, flags);

  /**
   * VlivePanes:show-end: (getter get_show_end) (setter set_show_end)
   *
   * Whether the pane at the end is shown beside the content.
   *
   * Since: 0.1
   */
  properties[PROP_SHOW_END] =
      g_param_spec_boolean ("show-end", NULL, NULL, TRUE, flags);

  /**
   * VlivePanes:fold-width: (getter get_fold_width) (setter set_fold_width)
   *
   * The width in pixels below which it is folded.
   *
   * Since: 0.1
   */
  properties[PROP_FOLD_WIDTH] =
      g_param_spec_uint ("fold-width", NULL, NULL, 0, G_MAXINT, FOLD_WIDTH, flags);

  /**
   * VlivePanes:folded: (getter is_folded)
   *
   * Whether there is room for one pane only. Notified behind the layout that found
   * it out.
   *
   * Since: 0.1
   */
  properties[PROP_FOLDED] =
      g_param_spec_boolean ("folded", NULL, NULL, FALSE,
                            G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * VlivePanes:pane: (getter get_pane) (setter set_pane)
   *
   * Which pane is shown when it is folded.
   *
   * Since: 0.1
   */
  properties[PROP_PANE] = g_param_spec_enum ("pane", NULL, NULL, VLIVE_TYPE_PANE,
                                             VLIVE_PANE_CONTENT, flags);
}

static void
vlive_panes_class_init (VlivePanesClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = vlive_panes_dispose;
  object_class->get_property = vlive_panes_get_property;
  object_class->set_property = vlive_panes_set_property;
  _vlive_panes_install_layout (widget_class);
  gtk_widget_class_set_css_name (widget_class, "vlivepanes");
  gtk_widget_class_install_action (widget_class, "panes.back", NULL, back_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Left, GDK_ALT_MASK,
                                       "panes.back", NULL);

  install_children ();
  install_settings ();
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
vlive_panes_init (VlivePanes *self)
{
  self->fold_width = FOLD_WIDTH;
  self->pane = VLIVE_PANE_CONTENT;
  for (guint i = 0; i < VLIVE_N_PANES; i++)
    self->show[i] = TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (self->separators); i++)
    {
      self->separators[i] = gtk_separator_new (GTK_ORIENTATION_VERTICAL);
      gtk_widget_set_parent (self->separators[i], GTK_WIDGET (self));
    }
  _vlive_panes_update_children (self);
}

/**
 * vlive_panes_new:
 *
 * Makes panes without any.
 *
 * Returns: (transfer floating): the panes
 *
 * Since: 0.1
 */
GtkWidget *
vlive_panes_new (void)
{
  return g_object_new (VLIVE_TYPE_PANES, NULL);
}
