#!/usr/bin/env python3
"""Times `goulet extract` of one or several builds beside a text scan, all of them in random order, round after round.

    beside.py NEWSWIRE.jsonl ROUNDS GOULET...

Says for each the best, the lower quarter and the middle of its times, the same as multiples of the scan's, and the processor time (user,
system) of the middle. A machine that others use is told by the distance between the first and the last. Needs ripgrep.
"""
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time

WORDS = "tariff embargo sanction quota restriction shortage monopoly boycott licence export supply".split()


def timed(command):
    before, start = os.times(), time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wall, after = time.perf_counter() - start, os.times()
    return wall, after.children_user - before.children_user, after.children_system - before.children_system


def main():
    newswire, rounds, builds = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "mentions.csv")
        jobs = {"rg": ["rg", "-c", "-i", "-F", *(f"-e{word}" for word in WORDS), newswire]}
        jobs.update({build: [build, "extract", newswire, "-o", out] for build in builds})
        times = {name: [] for name in jobs}
        for _ in range(rounds):
            for name in random.sample(list(jobs), len(jobs)):
                times[name].append(timed(jobs[name]))
    walls = {name: sorted(wall for wall, _, _ in of) for name, of in times.items()}
    print("| | best | quarter | middle | times the scan, best | middle | user | system |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|")
    scan = walls["rg"]
    for name, wall in walls.items():
        middle = statistics.median(wall)
        user, system = (statistics.median(one[at] for one in times[name]) for at in (1, 2))
        ratios = f"{wall[0] / scan[0]:.2f} | {middle / statistics.median(scan):.2f}"
        print(f"| {name} | {wall[0]:.2f} | {wall[len(wall) // 4]:.2f} | {middle:.2f} | {ratios} | {user:.2f} | {system:.2f} |")


if __name__ == "__main__":
    main()
