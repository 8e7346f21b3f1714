"""The social network: accounts, graph, posts, timelines, notifications, search."""
