"""Load: stand at a dock, scan the parcels of one carrier onto the truck, close it."""

from __future__ import annotations

from typing import Any

from wms.errors import several
from wms.flows.engine import DONE, Flow, NoWork, Screen, Target, Task
from wms.flows.parts import key_target, place_card
from wms.flows.scans import LocationScan, ManifestScan, ParcelScan
from wms.operations import shipping
from wms.operations.shipping import Loaded
from wms.queries import shipping as reads

flow = Flow("load", "Load", ("packer", "receiver"), opens=("manifest",))


class NothingToLoad(NoWork):
    """No parcel is packed, no truck is open."""

    sentence = "No parcel is ready to load."


class NoDock(NoWork):
    """The site has no place for trucks."""

    sentence = "This site has no dock. A supervisor adds one."


@flow.begin("dock", "parcel")
def begin(task: Task) -> str:
    """Ask for a dock; a manifest scanned at the menu goes on with its truck."""
    if task.args.get("kind") == "manifest":
        return join(task, int(task.args["ref"]))
    if not reads.is_work(task.tx):
        raise NothingToLoad
    if reads.next_dock(task.tx) is None:
        raise NoDock
    return "dock"


@flow.on("dock", LocationScan, to=("parcel",))
def scan_dock(task: Task, scan: LocationScan) -> str:
    """Open a truck at a dock, or join the one that stands there."""
    manifest = shipping.choose_dock(task.tx, scan.ref)
    task.memo |= {"dock": scan.ref, "dock_name": scan.name}
    if manifest:
        return join(task, manifest)
    task.say(f"{scan.name}: the first parcel says which truck it is.")
    return "parcel"


@flow.on("dock", ManifestScan, to=("parcel",))
def scan_manifest(task: Task, scan: ManifestScan) -> str:
    """Go on with a truck by its manifest."""
    return join(task, scan.ref)


def join(task: Task, manifest_id: int) -> str:
    """Load the truck of a manifest."""
    truck = reads.truck(task.tx, manifest_id)
    if truck is None or truck.state != "open":
        raise shipping.TruckGone
    task.memo |= {"manifest": manifest_id, "dock": truck.dock_id, "dock_name": truck.dock}
    task.say(f"{truck.dock}: the truck of {truck.carrier}, {truck.loaded} loaded.")
    return "parcel"


@flow.on("parcel", ParcelScan, to=("parcel",))
def scan_parcel(task: Task, scan: ParcelScan) -> str:
    """Load a parcel; the first one opens the truck for its carrier."""
    if not task.memo.get("manifest"):
        task.memo["manifest"] = shipping.open_truck(task.tx, task.by, task.memo["dock"], scan.ref)
    return counted(task, shipping.load(task.tx, task.by, task.memo["manifest"], scan.ref))


@flow.on("parcel", LocationScan, to=("parcel",))
def other_dock(task: Task, scan: LocationScan) -> str:
    """Go to another dock."""
    manifest = shipping.choose_dock(task.tx, scan.ref)
    task.memo = {"dock": scan.ref, "dock_name": scan.name}
    return join(task, manifest) if manifest else "parcel"


@flow.key("parcel", "F4", "Undo", to=("parcel",))
def undo(task: Task, _: Any) -> str:
    """Take the last parcel off again."""
    if not task.memo.get("manifest"):
        raise shipping.NothingLoaded
    return counted(task, shipping.undo(task.tx, task.by, task.memo["manifest"]))


def counted(task: Task, done: Loaded) -> str:
    """Say what the scan did, and keep the truck's figures for the screen of this scan."""
    task.args["truck"] = done
    task.say(f"{done.parcel} is on the truck." if done.on else f"{done.parcel} is off the truck. Set it aside.")
    return "parcel"


@flow.key("parcel", "F1", "Close truck", to=(DONE,))
def close(task: Task, _: Any) -> str:
    """Close the truck; packed parcels of its carrier that stay behind are asked about."""
    if task.memo.get("manifest") and standing(task, task.memo["manifest"]) is None:
        task.say("A colleague closed this truck.", "done")
        return DONE
    gone = 0
    if task.memo.get("manifest"):
        gone = shipping.close(task.tx, task.by, task.memo["manifest"], task.confirmed)
    task.say(f"Truck closed: {several(gone, 'parcel')}." if gone else "Nothing was loaded. No truck left.", "done")
    return DONE


def standing(task: Task, manifest: int) -> Any:
    """Return the truck while it is open, None when a colleague closed it."""
    truck = reads.truck(task.tx, manifest)
    return truck if truck is not None and truck.state == "open" else None


@flow.screen("dock")
def show_dock(task: Task) -> Screen:
    """Show the dock to go to."""
    dock = reads.next_dock(task.tx)
    assert dock is not None
    ready = reads.first_ready(task.tx)
    return Screen(
        title=f"Go to {dock.name}",
        target=Target("location", dock.code, dock.name),
        head="Load · an open truck" if dock.open else "Load",
        place=place_card(dock.name, dock.code),
        progress=(0, ready.ready if ready else 0),
    )


def at_the_dock(task: Task) -> Any:
    """Return the manifest of this person's truck, or of one that a colleague opened here meanwhile; None without."""
    if task.memo.get("manifest"):
        return task.memo["manifest"]
    found = reads.open_manifest(task.tx, task.memo["dock"])
    return found.id if found else None


@flow.screen("parcel")
def show_parcel(task: Task) -> Screen:
    """Show the parcel to load next, and how far the truck is."""
    manifest = at_the_dock(task)
    if manifest is None:
        return show_first(task)
    done = task.args.get("truck")
    truck = done if isinstance(done, Loaded) else standing(task, manifest)
    head = f"Load · {task.memo['dock_name']}"
    if truck is None:
        return Screen("This truck is closed", key_target("F1", "Leave"), head, progress=(0, 0), keys=("F1",))
    bad = None if truck.following else reads.stopped_on(task.tx, manifest)
    code = bad.code if bad else truck.following
    return Screen(
        title="Take it off the truck" if bad else "Load the next parcel" if code else "Close the truck",
        target=Target("parcel", code, code) if code else key_target("F1", "Close truck"),
        head=head,
        progress=(truck.loaded, truck.loaded + truck.left),
    )


def show_first(task: Task) -> Screen:
    """Show any parcel: it says which carrier's truck this is."""
    ready = reads.first_ready(task.tx)
    return Screen(
        title="Load the first parcel" if ready else "Nothing to load",
        target=Target("parcel", ready.code, ready.code) if ready else key_target("F1", "Close truck"),
        head=f"Load · {task.memo['dock_name']}",
        progress=(0, ready.ready if ready else 0),
    )
