"""The same people through splink on DuckDB: a program for an environment of its own that knows no portal."""

import json
import resource
import sys
import time

import pandas as pd
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on


def main(table: str, answer: str) -> None:
    people = pd.read_csv(table, dtype=str)
    people["unique_id"] = people["unique_id"].astype(int)
    rules = [block_on("email"), block_on("telephone"), block_on("city", "first"), block_on("city", "last")]
    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=[
            cl.JaroWinklerAtThresholds("first", [0.9]),
            cl.JaroWinklerAtThresholds("last", [0.9]),
            cl.ExactMatch("email"),
            cl.ExactMatch("telephone"),
            cl.ExactMatch("city").configure(term_frequency_adjustments=True),
        ],
        blocking_rules_to_generate_predictions=rules,
    )
    began = time.perf_counter()
    linker = Linker(people, settings, DuckDBAPI())
    linker.training.estimate_probability_two_random_records_match(
        [block_on("email"), block_on("telephone")], recall=0.6
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6)
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("first", "last"))
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("email"))
    found = linker.inference.predict(threshold_match_probability=0.5).as_pandas_dataframe()
    took = time.perf_counter() - began
    pairs = found[["unique_id_l", "unique_id_r"]].astype(int).values.tolist()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    with open(answer, "w") as file:
        json.dump({"seconds": took, "peak": peak, "pairs": pairs}, file)


if __name__ == "__main__":
    main(*sys.argv[1:])
