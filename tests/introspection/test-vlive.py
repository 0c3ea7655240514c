#!/usr/bin/python3
# Copyright 2026 The Vlive authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The typelib, as a program in another language meets it. TAP."""

import gc
import os
import sys
import tempfile

import gi

gi.require_version("Vlive", "1")
from gi.repository import GLib, Vlive  # noqa: E402


def wait(start, finish):
    """An asynchronous pair made synchronous; finish may raise."""
    answers = []
    start(lambda source, result: answers.append(result))
    context = GLib.MainContext.default()
    while not answers:
        context.iteration(True)
    return finish(answers[0])


def test_record():
    fields = GLib.Variant("a{sv}", {"name": GLib.Variant("s", "Apple Pie"), "price": GLib.Variant("x", 12)})
    record = Vlive.Record.new_from_variant("a", fields)
    assert record.get_id() == "a"
    assert record.get_text("name") == "Apple Pie"
    assert record.get_integer("price") == (True, 12)
    assert record.get_integer("none")[0] is False
    assert record.to_variant().unpack()["price"] == 12


def test_query():
    query = Vlive.Query.new().with_condition("price", Vlive.Operator.GREATER, GLib.Variant("x", 9))
    assert query.get_n_conditions() == 1
    assert query.get_condition_value(0).unpack() == 9
    assert not query.equal(Vlive.Query.new())
    try:
        query.with_condition("", Vlive.Operator.EQUAL, GLib.Variant("s", "x"))
    except GLib.Error as error:
        assert error.matches(Vlive.error_quark(), Vlive.Error.INVALID), error
    else:
        raise AssertionError("a condition without column is refused")


def product(name, price):
    fields = GLib.Variant("a{sv}", {"name": GLib.Variant("s", name), "price": GLib.Variant("x", price)})
    return Vlive.Record.new_from_variant(name[0].lower(), fields)


def test_store():
    with tempfile.TemporaryDirectory() as folder:
        master = Vlive.LocalMaster.new(os.path.join(folder, "try.vlive"), "products")
        assert wait(lambda done: master.replace_all_async([product("Brioche", 8)], None, done),
                    master.replace_all_finish)
        store = Vlive.Store.new(master, Vlive.MemoryCache.new(), "products")
        write = Vlive.Write.new(Vlive.WriteOp.INSERT, "c", product("Cinnamon Roll", 15))
        assert wait(lambda done: store.write_async(write, None, done), store.write_finish)
        assert write.get_state() == Vlive.WriteState.APPLIED

        def read():
            return wait(lambda done: store.list_async(Vlive.Query.new(), 0, 10, Vlive.ReadFlags.NONE, None, done),
                        store.list_finish)

        page, reading = read()
        assert [page.get_record(i).get_text("name") for i in range(page.get_n_records())] == \
            ["Brioche", "Cinnamon Roll"]
        assert reading.outcome == Vlive.Outcome.MISS, reading.outcome
        assert read()[1].outcome == Vlive.Outcome.HIT
        assert wait(lambda done: store.close_async(done), store.close_finish)
        del page, reading, store, master, write
        gc.collect()


def test_stream():
    with tempfile.TemporaryDirectory() as folder:
        master = Vlive.LocalMaster.new(os.path.join(folder, "try.vlive"), "products")
        assert wait(lambda done: master.replace_all_async([product("Brioche", 8)], None, done),
                    master.replace_all_finish)
        stream = master.create_stream()
        assert isinstance(stream, Vlive.LocalStream)
        told = []
        stream.connect("up", lambda _, resumed: told.append(resumed))
        stream.connect("event", lambda _, event: told.append(
            (event.get_kind(), event.get_id(), event.get_record().get_text("name"))))
        stream.start()
        context = GLib.MainContext.default()
        while not told:
            context.iteration(True)
        write = Vlive.Write.new(Vlive.WriteOp.INSERT, "c", product("Cinnamon Roll", 15))
        wait(lambda done: master.apply_async(write, None, done), master.apply_finish)
        while len(told) < 2:
            context.iteration(True)
        assert told == [False, (Vlive.ChangeKind.INSERTED, "c", "Cinnamon Roll")], told
        stream.stop()
        assert stream.get_state() == Vlive.StreamState.STOPPED
        del stream, master, write
        gc.collect()


def main():
    tests = [test_record, test_query, test_store, test_stream]
    failed = 0
    print(f"1..{len(tests)}")
    for number, test in enumerate(tests, 1):
        try:
            test()
        except Exception as error:  # each test has its line, whatever happens
            failed = 1
            print(f"not ok {number} - {test.__name__}\n# {type(error).__name__}: {error}")
        else:
            print(f"ok {number} - {test.__name__}")
        sys.stdout.flush()
    return failed


sys.exit(main())
