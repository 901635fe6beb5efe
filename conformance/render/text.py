"""How renditions are written: as people write YAML."""

import yaml


def dump(document):
    """The document as text."""
    return yaml.dump(document, Dumper=Blocks, sort_keys=False, allow_unicode=True, width=110)


class Blocks(yaml.SafeDumper):
    """Writes text of several lines as a block, and everything as often as it occurs."""

    def ignore_aliases(self, data):
        return True

    def represent_str(self, data):
        block = "|" if "\n" in data and "\r" not in data else None
        return self.represent_scalar("tag:yaml.org,2002:str", data, style=block)


Blocks.add_representer(str, Blocks.represent_str)
