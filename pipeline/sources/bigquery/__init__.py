"""The source `bigquery`: the index's public download log and upload log, in Google's warehouse or as Parquet."""
