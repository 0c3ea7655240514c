#!/usr/bin/python3
# Copyright 2026 The Vlive authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""libvlive-gtk's typelib, as a program in another language meets it. TAP."""

import sys

import gi

gi.require_version("Gtk", "4.0")
gi.require_version("VliveGtk", "1")
from gi.repository import GLib, GObject, Gtk, Vlive, VliveGtk  # noqa: E402


def make_record():
    fields = GLib.Variant("a{sv}", {"name": GLib.Variant("s", "Apple Pie"), "price": GLib.Variant("x", 12)})
    return Vlive.Record.new_from_variant("a", fields)


def test_text():
    record = make_record()
    assert VliveGtk.field_text(None, record, "name") == "Apple Pie"
    assert VliveGtk.field_text(None, record, "price") == "12"
    assert VliveGtk.field_text(None, record, "none") is None
    assert VliveGtk.field_text(None, None, "name") is None


def test_expression():
    # Of an expression, which is no GObject, PyGObject 3.42 can make none:
    # there, closures in GtkBuilder files call field_text.
    assert callable(VliveGtk.field_expression_new)


def test_table_view():
    # Nothing is shown here, for want of a display: what there is to call.
    assert VliveGtk.TableView.__gtype__.name == "VliveTableView"
    assert Vlive.Table is not None and not hasattr(VliveGtk, "Table")
    names = {spec.name for spec in VliveGtk.TableView.list_properties() if spec.owner_type.name == "VliveTableView"}
    assert names >= {"table", "placeholder", "error-child", "empty-child"}, names
    signals = GObject.signal_list_names(VliveGtk.TableView)
    assert set(signals) == {"edit", "written", "refused"}, signals


def test_selection():
    selection = VliveGtk.Selection.new(None)
    assert isinstance(selection, Gtk.SelectionModel)
    assert selection.get_mode() == Gtk.SelectionMode.SINGLE
    selection.set_mode(Gtk.SelectionMode.MULTIPLE)
    selection.select_id("b", False)
    selection.select_id("a", False)
    assert selection.dup_ids() == ["a", "b"]
    assert selection.props.n_selected == 2
    assert selection.dup_places().is_empty()


TESTS = [test_text, test_expression, test_table_view, test_selection]
print(f"1..{len(TESTS)}")
failed = False
for number, test in enumerate(TESTS, 1):
    try:
        test()
        print(f"ok {number} - {test.__name__}")
    except Exception as error:  # noqa: BLE001
        print(f"not ok {number} - {test.__name__}: {error!r}")
        failed = True
sys.exit(failed)
