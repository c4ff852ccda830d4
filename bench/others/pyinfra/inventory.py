"""The desks with their variables, from the file named by BENCH_DESKS."""
import json
import os

with open(os.environ["BENCH_DESKS"]) as file:
    desks = list(json.load(file).items())
