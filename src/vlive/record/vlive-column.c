/* vlive-column.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "record/vlive-column.h"

/**
 * VliveColumn:
 *
 * A column of a table: its name, the type of its values, what they mean to a
 * person, and what may be done with them. Immutable; may be used on any
 * thread.
 *
 * Since: 0.1
 */
struct _VliveColumn
{
  gatomicrefcount ref_count;
  char *name; /* owned */
  VliveValueType type;
  VliveFormat format;
  VliveColumnFlags flags;
  char **choices;  /* owned, nullable */
  char *reference; /* owned, nullable */
};

G_DEFINE_BOXED_TYPE (VliveColumn, vlive_column, vlive_column_ref, vlive_column_unref)

static VliveColumn *
column_new (const char *name,
            VliveValueType type,
            VliveFormat format,
            VliveColumnFlags flags)
{
  VliveColumn *self = g_new0 (VliveColumn, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->name = g_strdup (name);
  self->type = type;
  self->format = format;
  self->flags = flags;

  return self;
}

/**
 * vlive_column_new:
 * @name: the name of the field
 * @type: the type of its values; %VLIVE_VALUE_MISSING if it is not known yet
 * @format: what the values mean
 * @flags: what may be done with them
 *
 * Makes a column. For a choice or a reference, see vlive_column_new_choice()
 * and vlive_column_new_reference().
 *
 * Returns: (transfer full): a new column
 *
 * Since: 0.1
 */
VliveColumn *
vlive_column_new (const char *name,
                  VliveValueType type,
                  VliveFormat format,
                  VliveColumnFlags flags)
{
  g_return_val_if_fail (name != NULL, NULL);
  g_return_val_if_fail (type >= VLIVE_VALUE_MISSING && type <= VLIVE_VALUE_MIXED, NULL);
  g_return_val_if_fail (format >= VLIVE_FORMAT_PLAIN
                            && format <= VLIVE_FORMAT_LONG_TEXT,
                        NULL);
  g_return_val_if_fail (format != VLIVE_FORMAT_CHOICE
                            && format != VLIVE_FORMAT_REFERENCE,
                        NULL);

  return column_new (name, type, format, flags);
}

/**
 * vlive_column_new_choice:
 * @name: the name of the field
 * @choices: (array zero-terminated=1): the texts to choose from
 * @flags: what may be done with the values
 *
 * Makes a column of text that is one of a list.
 *
 * Returns: (transfer full): a new column
 *
 * Since: 0.1
 */
VliveColumn *
vlive_column_new_choice (const char *name,
                         const char *const *choices,
                         VliveColumnFlags flags)
{
  VliveColumn *self;

  g_return_val_if_fail (name != NULL, NULL);
  g_return_val_if_fail (choices != NULL, NULL);

  self = column_new (name, VLIVE_VALUE_TEXT, VLIVE_FORMAT_CHOICE, flags);
  self->choices = g_strdupv ((char **) choices);

  return self;
}

/**
 * vlive_column_new_reference:
 * @name: the name of the field
 * @type: the type of its values
 * @table: the table whose ids they are
 * @flags: what may be done with the values
 *
 * Makes a column of ids of records of another table.
 *
 * Returns: (transfer full): a new column
 *
 * Since: 0.1
 */
VliveColumn *
vlive_column_new_reference (const char *name,
                            VliveValueType type,
                            const char *table,
                            VliveColumnFlags flags)
{
  VliveColumn *self;

  g_return_val_if_fail (name != NULL, NULL);
  g_return_val_if_fail (type >= VLIVE_VALUE_MISSING && type <= VLIVE_VALUE_MIXED, NULL);
  g_return_val_if_fail (table != NULL, NULL);

  self = column_new (name, type, VLIVE_FORMAT_REFERENCE, flags);
  self->reference = g_strdup (table);

  return self;
}

/**
 * vlive_column_ref:
 * @self: a column
 *
 * Takes a reference.
 *
 * Returns: (transfer full): @self
 *
 * Since: 0.1
 */
VliveColumn *
vlive_column_ref (VliveColumn *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

/**
 * vlive_column_unref:
 * @self: (transfer full): a column
 *
 * Gives a reference back.
 *
 * Since: 0.1
 */
void
vlive_column_unref (VliveColumn *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_free (self->name);
  g_strfreev (self->choices);
  g_free (self->reference);
  g_free (self);
}

/**
 * vlive_column_get_name:
 * @self: a column
 *
 * Gets the name of the field.
 *
 * Returns: the name
 *
 * Since: 0.1
 */
const char *
vlive_column_get_name (VliveColumn *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->name;
}

/**
 * vlive_column_get_value_type:
 * @self: a column
 *
 * Gets the type of the values, which may be null whatever it is.
 *
 * Returns: a type; %VLIVE_VALUE_MISSING if it is not known yet, and
 *   %VLIVE_VALUE_MIXED if values of several were seen
 *
 * Since: 0.1
 */
VliveValueType
vlive_column_get_value_type (VliveColumn *self)
{
  g_return_val_if_fail (self != NULL, VLIVE_VALUE_MISSING);

  return self->type;
}

/**
 * vlive_column_get_format:
 * @self: a column
 *
 * Gets what the values mean to a person.
 *
 * Returns: the format
 *
 * Since: 0.1
 */
VliveFormat
vlive_column_get_format (VliveColumn *self)
{
  g_return_val_if_fail (self != NULL, VLIVE_FORMAT_PLAIN);

  return self->format;
}

/**
 * vlive_column_get_flags:
 * @self: a column
 *
 * Gets what may be done with the values.
 *
 * Returns: the flags
 *
 * Since: 0.1
 */
VliveColumnFlags
vlive_column_get_flags (VliveColumn *self)
{
  g_return_val_if_fail (self != NULL, VLIVE_COLUMN_NONE);

  return self->flags;
}

/**
 * vlive_column_get_choices:
 * @self: a column
 *
 * Gets the texts to choose from.
 *
 * Returns: (nullable) (array zero-terminated=1) (transfer none): the texts, or
 *   %NULL if the format is not %VLIVE_FORMAT_CHOICE
 *
 * Since: 0.1
 */
const char *const *
vlive_column_get_choices (VliveColumn *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return (const char *const *) self->choices;
}

/**
 * vlive_column_get_reference:
 * @self: a column
 *
 * Gets the table whose ids the values are.
 *
 * Returns: (nullable): the table, or %NULL if the format is not
 *   %VLIVE_FORMAT_REFERENCE
 *
 * Since: 0.1
 */
const char *
vlive_column_get_reference (VliveColumn *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->reference;
}
