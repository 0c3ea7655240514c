/* vlive-log.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "base/vlive-log-private.h"

#include <string.h>

#include "base/vlive-debug.h"

typedef struct
{
  VliveStoryFunc func;
  gpointer user_data;
  GDestroyNotify destroy; /* nullable */
} Listener;

gboolean _vlive_log_story_enabled;

static GMutex lock; /* guards what follows */
static Listener listener;
static GHashTable *said;    /* subject -> set of keys; both owned */
static gboolean to_journal; /* G_MESSAGES_DEBUG asks for us */

static const char *const outcomes[] = {
  [VLIVE_OUTCOME_NONE] = "none",
  [VLIVE_OUTCOME_HIT] = "hit",
  [VLIVE_OUTCOME_STALE] = "stale",
  [VLIVE_OUTCOME_MISS] = "miss",
  [VLIVE_OUTCOME_POPULATED] = "populated",
  [VLIVE_OUTCOME_MISS_AT_MASTER] = "miss-at-master",
  [VLIVE_OUTCOME_INVALIDATED] = "invalidated",
  [VLIVE_OUTCOME_FAILED] = "failed",
};

static void __attribute__ ((constructor)) read_environment (void)
{
  const char *domains = g_getenv ("G_MESSAGES_DEBUG");

  to_journal = domains != NULL
               && (strcmp (domains, "all") == 0 || strstr (domains, "vlive") != NULL);
  _vlive_log_story_enabled = to_journal;
}

const char *
_vlive_outcome_to_text (VliveOutcome outcome)
{
  g_assert (outcome < G_N_ELEMENTS (outcomes));

  return outcomes[outcome];
}

/**
 * vlive_debug_set_story:
 * @func: (nullable) (scope notified) (closure user_data) (destroy destroy):
 *   who listens, or %NULL for nobody
 * @user_data: user data for @func
 * @destroy: frees @user_data
 *
 * Lets @func hear, line by line, what the library does. There is one listener
 * for the process; a new one replaces it. Telling costs nothing while nobody
 * listens. Credentials and record bodies are never told.
 *
 * Since: 0.1
 */
void
vlive_debug_set_story (VliveStoryFunc func, gpointer user_data, GDestroyNotify destroy)
{
  Listener old;

  g_mutex_lock (&lock);
  old = listener;
  listener = (Listener){ func, user_data, destroy };
  _vlive_log_story_enabled = func != NULL || to_journal;
  g_mutex_unlock (&lock);

  if (old.destroy != NULL)
    old.destroy (old.user_data);
}

static void
add_field (GLogField *fields, gsize *n_fields, const char *key, const char *value)
{
  if (value != NULL)
    fields[(*n_fields)++] = (GLogField){ key, value, -1 };
}

static void
log_structured (const char *message,
                const char *outcome,
                const char *op,
                const char *cache_key,
                const char *page,
                const char *id)
{
  GLogField fields[8];
  gsize n_fields = 0;

  add_field (fields, &n_fields, "MESSAGE", message);
  add_field (fields, &n_fields, "PRIORITY", "7");
  add_field (fields, &n_fields, "GLIB_DOMAIN", "vlive");
  add_field (fields, &n_fields, "VLIVE_OUTCOME", outcome);
  add_field (fields, &n_fields, "VLIVE_OP", op);
  add_field (fields, &n_fields, "VLIVE_CACHE_KEY", cache_key);
  add_field (fields, &n_fields, "VLIVE_PAGE", page);
  add_field (fields, &n_fields, "VLIVE_ID", id);
  g_log_structured_array (G_LOG_LEVEL_DEBUG, fields, n_fields);
}

static void
append_part (GString *line, const char *name, const char *value)
{
  if (value != NULL)
    g_string_append_printf (line, " %s=%s", name, value);
}

void
_vlive_log_story (VliveOutcome outcome,
                  const char *op,
                  const char *cache_key,
                  gint64 page,
                  const char *id,
                  const char *format,
                  ...)
{
  g_autoptr (GString) line = g_string_new (op);
  g_autofree char *message = NULL;
  g_autofree char *page_text = NULL;
  const char *outcome_text = NULL;
  va_list args;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  if (page >= 0)
    page_text = g_strdup_printf ("%" G_GINT64_FORMAT, page);
  if (outcome != VLIVE_OUTCOME_NONE)
    outcome_text = _vlive_outcome_to_text (outcome);

  append_part (line, "outcome", outcome_text);
  append_part (line, "key", cache_key);
  append_part (line, "page", page_text);
  append_part (line, "id", id);
  if (message[0] != '\0')
    g_string_append_printf (line, "%s%s", line->len > 0 ? ": " : "", message);

  if (to_journal)
    log_structured (line->str, outcome_text, op, cache_key, page_text, id);
  g_mutex_lock (&lock);
  if (listener.func != NULL)
    listener.func (line->str, listener.user_data);
  g_mutex_unlock (&lock);
}

static gboolean
note_said (const char *subject, const char *key)
{
  GHashTable *keys;
  gboolean is_new;

  g_mutex_lock (&lock);
  if (said == NULL)
    said = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                  (GDestroyNotify) g_hash_table_unref);
  keys = g_hash_table_lookup (said, subject);
  if (keys == NULL)
    {
      keys = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
      g_hash_table_insert (said, g_strdup (subject), keys);
    }
  is_new = g_hash_table_add (keys, g_strdup (key));
  g_mutex_unlock (&lock);

  return is_new;
}

gboolean
_vlive_warn_once (const char *subject, const char *key, const char *format, ...)
{
  g_autofree char *message = NULL;
  va_list args;

  if (!note_said (subject, key))
    return FALSE;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  g_log_structured ("vlive", G_LOG_LEVEL_WARNING, "MESSAGE", "%s", message);

  return TRUE;
}

void
_vlive_warn_forget (const char *subject)
{
  g_mutex_lock (&lock);
  if (said != NULL)
    g_hash_table_remove (said, subject);
  if (said != NULL && g_hash_table_size (said) == 0)
    g_clear_pointer (&said, g_hash_table_unref);
  g_mutex_unlock (&lock);
}
