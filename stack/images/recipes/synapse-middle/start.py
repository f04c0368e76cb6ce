#!/usr/bin/python3
"""Starts Synapse as the published image does: "run", then Synapse's own arguments, as UID:GID (991:991)."""
import os
import sys

args = sys.argv[1:] or ["run"]
if args[0] != "run":
    sys.exit(f"unknown mode {args[0]!r}: this image knows only 'run'")
args = args[1:]
if "-m" not in args:
    args = ["-m", os.environ.get("SYNAPSE_WORKER", "synapse.app.homeserver"), *args]
if not any(a.startswith(("--config-path", "-c")) for a in args):
    directory = os.environ.get("SYNAPSE_CONFIG_DIR", "/data")
    args += ["--config-path", os.environ.get("SYNAPSE_CONFIG_PATH", directory + "/homeserver.yaml")]
if os.getuid() == 0:
    gid, uid = int(os.environ.get("GID", "991")), int(os.environ.get("UID", "991"))
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)
os.execv(sys.executable, [sys.executable, *args])
