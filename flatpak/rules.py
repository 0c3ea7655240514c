#!/usr/bin/python3
"""rules.py MANIFEST [FILES]: what Flathub asks of a manifest and, in FILES (the
build's files/ folder), of what it installs, as far as that needs no network.
After docs.flathub.org; not the official linter. Exit status 1 on an error."""

import glob
import json
import os
import re
import sys
import xml.etree.ElementTree as ET

path = sys.argv[1]
files = sys.argv[2] if len(sys.argv) > 2 else None
with open(path, encoding="utf-8") as stream:
    manifest = json.load(stream)
app = manifest.get("id", "")
errors = 0


def want(condition, words):
    global errors
    if not condition:
        print("error:", words)
        errors += 1


def check_manifest():
    parts = app.split(".")
    args = set(manifest.get("finish-args", []))
    want(os.path.basename(path) == app + ".json", "the file is named like the id")
    want(3 <= len(parts) <= 5 and all(re.fullmatch(r"[A-Za-z_]\w*", p) for p in parts), "the id is well formed")
    want(parts[:2] != ["io", "github"] or len(parts) >= 4, "an id below io.github has four parts")
    want(manifest.get("command") and "/" not in manifest["command"], "the command is a bare name")
    want("branch" not in manifest, "no branch")
    want(manifest.get("runtime") == "org.gnome.Platform" and int(manifest["runtime-version"]) >= 50,
         "a runtime that is still supported")
    want("--share=ipc" in args or not args & {"--socket=x11", "--socket=fallback-x11"}, "X11 needs --share=ipc")
    want("--socket=wayland" in args and "--socket=fallback-x11" in args, "Wayland, and X11 where it is missing")
    for arg in args:
        want(arg in {"--share=network", "--share=ipc", "--socket=wayland", "--socket=fallback-x11", "--device=dri"},
             f"{arg} is a permission that the program needs")


def check_modules(modules):
    for module in modules:
        name = module["name"]
        want("--share=network" not in str(module.get("build-options", "")), f"{name}: no network in the build")
        for source in module.get("sources", []):
            url = source.get("url", "")
            if source["type"] in ("archive", "file") and url:
                want(url.startswith("https://"), f"{name}: {url} is fetched by https")
                want(re.fullmatch("[0-9a-f]{64}", source.get("sha256", "")), f"{name}: {url} has its SHA-256")
            elif source["type"] == "git":
                want(re.fullmatch("[0-9a-f]{40}", source.get("commit", "")), f"{name}: {url} has its commit")
            else:
                want(source["type"] == "dir" and source["path"] == "..", f"{name}: built from this tree")
        check_modules(module.get("modules", []))


def check_metainfo(name):
    root = ET.parse(name).getroot()
    want(root.get("type") == "desktop-application" and root.findtext("id") == app, "metainfo: type and id")
    for tag in ("metadata_license", "project_license", "name", "summary", "launchable", "description",
                "content_rating", "screenshots", "releases", "developer", "branding"):
        want(root.find(tag) is not None, f"metainfo: {tag}")
    want(len(root.findtext("name")) <= 20, "metainfo: a name of at most 20 letters")
    want(len(root.findtext("summary")) <= 35, "metainfo: a summary of at most 35 letters")
    want(not root.findtext("summary").endswith("."), "metainfo: a summary without full stop")
    want({"homepage", "vcs-browser"} <= {u.get("type") for u in root.findall("url")}, "metainfo: links")
    for image in root.findall("screenshots/screenshot/image"):
        want(image.text.startswith("https://") and not re.search("/(main|master|HEAD)/", image.text),
             f"metainfo: {image.text} is a fixed https link")


def check_files():
    def at(*names):
        return os.path.join(files, *names)

    want(os.access(at("bin", manifest["command"]), os.X_OK), "the command is installed")
    want(os.path.exists(at("share/applications", app + ".desktop")), "the desktop file is installed")
    want(os.path.exists(at("share/icons/hicolor/scalable/apps", app + ".svg")), "the icon is installed")
    want(os.path.exists(at("share/icons/hicolor/symbolic/apps", app + "-symbolic.svg")), "so is the symbolic one")
    for module in manifest["modules"]:
        want(glob.glob(at("share/licenses", app, module["name"], "*")), f"{module['name']}: its licence is installed")
    metainfo = glob.glob(at("share/metainfo", app + ".metainfo.xml")) + glob.glob(at("share/appdata", app + ".appdata.xml"))
    want(metainfo, "the metainfo is installed")
    for name in metainfo[:1]:
        check_metainfo(name)


check_manifest()
check_modules(manifest["modules"])
if files is not None:
    check_files()
sys.exit(1 if errors else 0)
