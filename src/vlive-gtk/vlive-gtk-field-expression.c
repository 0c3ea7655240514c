/* vlive-gtk-field-expression.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "vlive-gtk-field-expression.h"

/**
 * vlive_gtk_field_text:
 * @this_: (nullable): what the expression is evaluated for; not used
 * @record: (nullable): a record
 * @name: the name of a field
 *
 * What a field says, as text: the function for a closure in a GtkBuilder file.
 *
 * A label of a list item follows the field "title" of its row by:
 *
 * ```xml
 * <binding name="label">
 *   <closure type="gchararray" function="vlive_gtk_field_text">
 *     <lookup name="record" type="VliveRow">
 *       <lookup name="item">GtkListItem</lookup>
 *     </lookup>
 *     <constant type="gchararray">title</constant>
 *   </closure>
 * </binding>
 * ```
 *
 * Main thread only.
 *
 * Returns: (transfer full) (nullable): the text, or %NULL if the field is null or
 *   missing, or if there is no record, as in a row that is a placeholder
 *
 * Since: 0.1
 */
char *
vlive_gtk_field_text (gpointer this_, VliveRecord *record, const char *name)
{
  VliveValueType type;

  g_return_val_if_fail (name != NULL, NULL);

  if (record == NULL)
    return NULL;
  type = vlive_record_get_field_type (record, name);
  if (type == VLIVE_VALUE_MISSING || type == VLIVE_VALUE_NULL)
    return NULL;

  return vlive_record_dup_field_text (record, name);
}

/**
 * vlive_gtk_field_expression_new:
 * @name: the name of a field
 *
 * Creates an expression of type string that evaluates for a [class@Vlive.Row] to
 * the text of one of its fields, and that changes with it: for a cell of a list,
 * a filter or a search.
 *
 * It evaluates to %NULL while the row is a placeholder, and where the field is
 * null or missing. Main thread only.
 *
 * Returns: (transfer full): a new expression
 *
 * Since: 0.1
 */
GtkExpression *
vlive_gtk_field_expression_new (const char *name)
{
  GtkExpression *arguments[2];

  g_return_val_if_fail (name != NULL, NULL);

  arguments[0] = gtk_property_expression_new (VLIVE_TYPE_ROW, NULL, "record");
  arguments[1] = gtk_constant_expression_new (G_TYPE_STRING, name);

  return gtk_cclosure_expression_new (G_TYPE_STRING, NULL, G_N_ELEMENTS (arguments),
                                      arguments, G_CALLBACK (vlive_gtk_field_text),
                                      NULL, NULL);
}
