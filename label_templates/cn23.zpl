{#- 100 x 150 mm: customs declaration CN 23 of the Universal Postal Union. The lowest 7.5 mm stay white. -#}
{{ "CUSTOMS DECLARATION · DÉCLARATION EN DOUANE"|text((4, 1.5, 66, 4.5)) }}
{{ "May be opened officially · Peut être ouvert d'office"|text((4, 6, 66, 3.5)) }}
{{ "CN 23"|text((72, 1.5, 24, 8), 1, "R") }}
{{ code|code128((0, 10.5, 68, 10)) }}
{{ code|whole((4, 21, 62, 5)) }}
{{ code|qr((71, 9.5, 26)) }}
^FO{{ 4|mm }},{{ 27|mm }}^GB{{ 64|mm }},{{ 0.375|mm }},{{ 0.375|mm }}^FS
{{ "From · De"|text((4, 27.8, 20, 3.2)) }}
{{ sender_lines|address((4, 31, 62, 14)) }}
{{ "Sender's customs reference"|text((70, 36, 26, 3)) }}
{{ reference|text((70, 39, 26, 5)) }}
^FO{{ 4|mm }},{{ 46|mm }}^GB{{ 92|mm }},{{ 0.375|mm }},{{ 0.375|mm }}^FS
{{ "To · À"|text((4, 46.8, 20, 3.2)) }}
{{ recipient_lines|address((4, 50, 62, 17)) }}
{{ country|whole((80, 46.8, 16, 6), "R") }}
{{ "Importer's reference, phone, mail"|text((68, 53, 28, 3)) }}
{{ importer|text((68, 56, 28, 3.6)) }}
{{ phone|text((68, 59.7, 28, 3.6)) }}
{{ email|text((68, 63.4, 28, 3.6)) }}
^FO{{ 4|mm }},{{ 68|mm }}^GB{{ 92|mm }},{{ 0.375|mm }},{{ 0.375|mm }}^FS
{{ "Quantity and detailed description (1, 2)"|text((4, 68.8, 43, 3.2)) }}
{{ "Net weight (3)"|text((48, 68.8, 15, 3.2), 1, "R") }}
{{ "Value (5)"|text((64, 68.8, 14, 3.2), 1, "R") }}
{{ "HS (7), origin (8)"|text((79, 68.8, 17, 3.2), 1, "R") }}
{% for line in lines[:7] %}
{{ (line.qty ~ " × " ~ line.description)|text((4, 72.2 + 5 * loop.index0, 43, 4.8), 2) }}
{{ line.net_g|kg|text((48, 72.2 + 5 * loop.index0, 15, 4.8), 1, "R") }}
{{ line.value|whole((64, 72.2 + 5 * loop.index0, 14, 4.8), "R") }}
{{ (line.hs_code ~ " " ~ line.origin)|whole((79, 72.2 + 5 * loop.index0, 17, 4.8), "R") }}
{% endfor %}
^FO{{ 4|mm }},{{ 107.5|mm }}^GB{{ 92|mm }},{{ 0.375|mm }},{{ 0.375|mm }}^FS
{{ "Total weight (4), value (6), postage (9)"|text((4, 108.3, 38, 4.6)) }}
{{ weight_g|kg|whole((43, 108.3, 16, 4.6), "R") }}
{{ (value ~ " " ~ currency)|whole((60, 108.3, 20, 4.6), "R") }}
{{ postage|text((81, 108.3, 15, 4.6), 1, "R") }}
{{ (category == "gift")|tick((4, 113.8, 3.2)) }}
{{ "Gift · Cadeau"|text((8.5, 113.4, 24, 4)) }}
{{ (category == "documents")|tick((35, 113.8, 3.2)) }}
{{ "Documents"|text((39.5, 113.4, 18, 4)) }}
{{ (category == "sale")|tick((60, 113.8, 3.2)) }}
{{ "Sale of goods · Vente"|text((64.5, 113.4, 31, 4)) }}
{{ (category == "sample")|tick((4, 118.2, 3.2)) }}
{{ "Sample · Échantillon"|text((8.5, 117.8, 24, 4)) }}
{{ (category == "other")|tick((35, 118.2, 3.2)) }}
{{ "Other · Autre"|text((39.5, 117.8, 18, 4)) }}
{{ (category == "returned")|tick((60, 118.2, 3.2)) }}
{{ "Returned · Retour"|text((64.5, 117.8, 31, 4)) }}
^FO{{ 4|mm }},{{ 122.5|mm }}^GB{{ 92|mm }},{{ 0.375|mm }},{{ 0.375|mm }}^FS
{{ ("Comments (11): " ~ comments)|text((4, 123.2, 60, 3.8)) }}
{{ ("Invoice (14): " ~ invoice)|text((66, 123.2, 30, 3.8)) }}
{{ ("Licence (12): " ~ licence)|text((4, 127, 44, 3.6)) }}
{{ ("Certificate (13): " ~ certificate)|text((50, 127, 46, 3.6)) }}
{{ "I certify that the particulars given in this customs declaration are correct and that this item does not contain any dangerous article or articles prohibited by legislation or by postal or customs regulations."|text((4, 131, 56, 11), 5) }}
{{ "Office of origin, date, signature (15)"|text((62, 131, 34, 3)) }}
{{ office|text((62, 134, 18, 3.6)) }}
{{ posted_on|whole((81, 134, 15, 3.6), "R") }}
{{ signed|text((62, 137.6, 34, 4.4)) }}
