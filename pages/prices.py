"""Prices: what the study's machine costs, the dated list of instances, own and newer prices, API calls, carbon."""

from __future__ import annotations

from pages.ui import price_api, price_carbon, price_list, price_machine, price_own, price_refresh
from pages.ui.header import header
from pages.ui.tables import folded

shown = header("Prices")
price_own.told()
price_machine.draw(shown)
price_list.draw()
folded("Add, change or delete an own price", ":material/edit_note:", "open-own-price", price_own.edit)
folded("Import prices from a CSV file", ":material/upload_file:", "open-import-prices", price_own.bring)
folded("Look for newer prices", ":material/cloud_download:", "open-refresh", price_refresh.draw)
folded("Earlier prices", ":material/history:", "open-earlier", price_list.earlier)
folded("What a call of an API costs", ":material/api:", "open-api", price_api.draw)
folded("What a kilowatt-hour emits", ":material/eco:", "open-carbon", price_carbon.draw)
folded("What the GPUs can do, as published by their makers", ":material/memory:", "open-gpus", price_list.gpus)
