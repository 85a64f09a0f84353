"""The web sites courses are published as: which address a page of each has, and which anchors its headings have."""
